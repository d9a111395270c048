import { batchingParametersText, modelBatchingText, planBatching } from "@servable/batching-gen";
import { loadSpec, type ResolvedSpec } from "@servable/config-schema";
import { describe, expect, it } from "vitest";

function resolve(text: string): ResolvedSpec {
  const { resolution, diagnostics } = loadSpec(text, { file: "s" });
  if (resolution === undefined) throw new Error(JSON.stringify(diagnostics));
  return resolution.resolved;
}

const M = "models: [{ name: m, path: ./m }]\n";

describe("batching parameters", () => {
  it("are absent where batching is off", () => {
    expect(batchingParametersText(resolve(M), ["x"])).toBeUndefined();
    expect(batchingParametersText(resolve(`${M}batching: false`), ["x"])).toBeUndefined();
    expect(planBatching(resolve(`${M}batching: { enabled: false, maxBatchSize: 8 }`))).toEqual({
      server: undefined,
      models: [],
    });
  });

  it("need no file where every value is left to the server", () => {
    const resolved = resolve(`${M}batching: true`);
    expect(resolved.batching).toEqual({});
    expect(batchingParametersText(resolved, ["a header"])).toBeUndefined();
  });

  it("write every field in the form that its type needs", () => {
    const text = `${M}batching:
  maxBatchSize: 128
  batchTimeoutMicros: 0
  maxEnqueuedBatches: 1000000
  numBatchThreads: 8
  threadPoolName: "it's"
  allowedBatchSizes: [32, 128]
  padVariableLengthInputs: true
  enableLargeBatchSplitting: true
  maxExecutionBatchSize: 32
`;
    expect(batchingParametersText(resolve(text), ["h"])).toMatchInlineSnapshot(`
      "# h
      max_batch_size { value: 128 }
      batch_timeout_micros { value: 0 }
      max_enqueued_batches { value: 1000000 }
      num_batch_threads { value: 8 }
      thread_pool_name { value: "it's" }
      enable_large_batch_splitting { value: true }
      max_execution_batch_size { value: 32 }
      allowed_batch_sizes: 32
      allowed_batch_sizes: 128
      pad_variable_length_inputs: true
      "
    `);
  });

  it("keep zero and false apart from not given", () => {
    const text = `${M}batching: { batchTimeoutMicros: 0, enableLargeBatchSplitting: false, padVariableLengthInputs: false }`;
    expect(planBatching(resolve(text)).server).toEqual({
      batch_timeout_micros: { value: 0n },
      pad_variable_length_inputs: false,
      enable_large_batch_splitting: { value: false },
    });
  });

  it("give a model its own file without the thread pool", () => {
    const resolved = resolve(
      "models: [{ name: m, path: ./m, batching: { allowedBatchSizes: [2, 4] } }]\nbatching: { numBatchThreads: 2 }\n",
    );
    expect(planBatching(resolved).models).toHaveLength(1);
    expect(modelBatchingText(resolved.models[0]!, ["h"])).toBe(
      "# h\nmax_batch_size { value: 4 }\nallowed_batch_sizes: 2\nallowed_batch_sizes: 4\n",
    );
    expect(batchingParametersText(resolved, ["h"])).toBe("# h\nnum_batch_threads { value: 2 }\n");
  });
});
