import { loadSpec, readSpec, renderSpec, type SpecDraft } from "@servable/config-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("writing a spec for init", () => {
  it("is short and says what the model takes", () => {
    const text = renderSpec({
      tfsVersion: "2.17.1",
      grpcPort: 9000,
      models: [
        {
          name: "resnet",
          path: "./models/resnet",
          versions: ["1", "2"],
          signatures: [
            {
              name: "serving_default",
              inputs: [{ name: "image", dtype: "DT_FLOAT", shape: [-1, 224, 224, 3] }],
              outputs: [{ name: "scores", dtype: "DT_FLOAT", shape: [-1, 10] }],
            },
          ],
        },
      ],
      batching: { maxBatchSize: 32 },
    });
    expect(text).toMatchInlineSnapshot(`
      "# A TensorFlow Serving deployment. \`servable generate\` makes every file and flag from it,
      # \`servable verify\` starts it and proves it.

      # decides the image tag, and which flags and fields exist
      server:
        version: 2.17.1

      models:
        # versions on disk: 1, 2
        # serving_default: image float [?, 224, 224, 3] -> scores float [?, 10]
        - name: resnet
          path: ./models/resnet

      # ports on this host; in the container they are 8500 and 8501
      ports:
        grpc: 9000

      # requests are run in batches: more throughput, for some latency at light load
      batching:
        maxBatchSize: 32

      # More keys: parallelism, loading, warmup, monitoring, tls, grpc, rest, runtime, environment, docker, compose,
      # kubernetes, build, smoke, and profiles that are laid over all of this.
      "
    `);
    expect(loadSpec(text, { file: "servable.yaml" }).diagnostics).toEqual([]);
  });

  it("reads back as the draft says, whatever names and shapes there are", () => {
    const text = fc
      .string({ minLength: 1, unit: "binary" })
      .filter((value) => !value.includes("\0") && !value.includes("\r\n"));
    const tensor = fc.record({
      name: text,
      dtype: fc.constantFrom("DT_FLOAT", "DT_STRING", "float32"),
      shape: fc.option(fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 })),
    });
    const draft = fc.record(
      {
        models: fc.array(
          fc.record(
            {
              name: text,
              path: text,
              versions: fc.array(text, { maxLength: 9 }),
              signatures: fc.array(
                fc.record({
                  name: text,
                  inputs: fc.array(tensor, { maxLength: 8 }),
                  outputs: fc.array(tensor, { maxLength: 3 }),
                }),
                { maxLength: 8 },
              ),
            },
            { requiredKeys: ["name", "path"] },
          ),
          { minLength: 1, maxLength: 3 },
        ),
        tfsVersion: fc.constantFrom("2.17.1", "1.13.0"),
        grpcPort: fc.integer({ min: 1, max: 65535 }),
        restPort: fc.oneof(fc.constant(false as const), fc.integer({ min: 1, max: 65535 })),
        cores: fc.integer({ min: 1, max: 64 }),
        batching: fc.boolean(),
        monitoring: fc.boolean(),
      },
      { requiredKeys: ["models"] },
    );
    fc.assert(
      fc.property(draft, (value) => {
        const { spec, diagnostics } = readSpec(renderSpec(value as SpecDraft), { file: "s" });
        expect(diagnostics).toEqual([]);
        expect(spec?.models).toEqual(value.models.map(({ name, path }) => ({ name, path })));
        expect(spec?.server?.version).toBe(value.tfsVersion);
        expect(spec?.ports?.grpc).toBe(value.grpcPort);
        expect(spec?.ports?.rest).toBe(value.restPort);
        expect(spec?.resources?.cores).toBe(value.cores);
        expect(spec?.batching).toBe(value.batching === true ? true : undefined);
      }),
      { numRuns: 300 },
    );
  });
});
