import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TensorJson, tensorFromJson } from "@servable/tensors";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkWarmup,
  encodeTfRecord,
  ModelReadError,
  memoryFileSystem,
  readTfRecords,
  synthesiseWarmup,
  WARMUP_FILE,
  type WarmupInput,
  WarmupRefused,
  writeWarmup,
} from "../src/index.ts";

/** A golden as `fixtures/expected` has it. */
interface Golden {
  readonly api: "predict" | "classify" | "regress";
  readonly signature: string;
  readonly inputs?: Readonly<Record<string, TensorJson>>;
  readonly serialized_examples?: readonly string[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("TFRecords", () => {
  it("are framed as TensorFlow frames them", () => {
    expect(hex(encodeTfRecord(new TextEncoder().encode("hello")))).toBe(
      "0500000000000000eab2043e68656c6c6fbb1f1c19",
    );
    expect(hex(encodeTfRecord(new Uint8Array(0)))).toBe("000000000000000029039807d8ea82a2");
  });

  it("come back as they were written, and end where they end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }),
        fc.nat(30),
        (records, cut) => {
          const bytes = new Uint8Array(Buffer.concat(records.map(encodeTfRecord)));
          const open = (file: Uint8Array) =>
            readTfRecords(memoryFileSystem(new Map([["/f", file]])).open("/f"));
          expect([...open(bytes)].map(({ data }) => hex(data))).toEqual(records.map(hex));
          const short = open(bytes.subarray(0, Math.max(0, bytes.length - cut)));
          let next = short.next();
          while (!next.done) next = short.next();
          if (next.value !== undefined) expect(["cut-header", "truncated"]).toContain(next.value.kind);
        },
      ),
    );
  });
});

describe("warm-up files", () => {
  let root = "";
  const version = (): string => join(root, "1");
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "warmup-"));
    cpSync(fixture("models", "half_plus_two_versions", "1"), version(), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("with synthesised inputs, one for each batch size", () => {
    const records = synthesiseWarmup(version(), { batchSizes: [1, 2, 8] });
    const written = writeWarmup(version(), records, { model: "half_plus_two" });
    expect(written).toMatchObject({ path: join(version(), WARMUP_FILE), records: 3 });
    const { diagnostics, requests } = checkWarmup(version());
    expect(diagnostics).toEqual([]);
    expect(
      requests.map(({ kind, model, signature, rows }) => [kind, model, signature, [...rows.values()]]),
    ).toEqual([
      ["predict_log", "half_plus_two", "serving_default", [1]],
      ["predict_log", "half_plus_two", "serving_default", [2]],
      ["predict_log", "half_plus_two", "serving_default", [8]],
    ]);
  });

  it("from goldens of all three kinds", () => {
    const model = join(root, "7");
    cpSync(fixture("models", "tf1_classify_regress", "7"), model, { recursive: true });
    const { versions } = JSON.parse(
      readFileSync(fixture("expected", "tf1_classify_regress.json"), "utf8"),
    ) as {
      versions: { dir: string; goldens: Golden[] }[];
    };
    const goldens = versions.find(({ dir }) => dir === "7")?.goldens ?? [];
    const records = goldens.map(({ api, signature, inputs = {}, serialized_examples = [] }): WarmupInput => {
      if (api === "predict") {
        const tensors = Object.entries(inputs).map(([alias, json]) => [alias, tensorFromJson(json)] as const);
        return { kind: api, signature, inputs: new Map(tensors) };
      }
      return {
        kind: api,
        signature,
        examples: serialized_examples.map((text) => Buffer.from(text, "base64")),
      };
    });
    expect(new Set(records.map(({ kind }) => kind)).size).toBeGreaterThan(1);
    writeWarmup(model, records);
    expect(checkWarmup(model)).toMatchObject({ diagnostics: [], requests: { length: goldens.length } });
  });

  it("that the model would refuse are not written", () => {
    const x = { dtype: "DT_INT32", shape: [1], data: Int32Array.of(1) } as const;
    const cases = [
      [{ kind: "predict", inputs: new Map([["x", x]]) }, /DT_INT32/],
      [{ kind: "predict", inputs: new Map() }, /does not feed/],
      [{ kind: "predict", signature: "nope", inputs: new Map([["x", x]]) }, /"nope"/],
      [{ kind: "classify", examples: [{ x: [1] }] }, /classify/],
    ] as const;
    for (const [record, message] of cases) {
      expect(() => writeWarmup(version(), [record])).toThrow(WarmupRefused);
      expect(() => writeWarmup(version(), [record])).toThrow(message);
    }
    const good = synthesiseWarmup(version())[0]!;
    expect(() => writeWarmup(version(), new Array(1001).fill(good))).toThrow(/1001 records/);
    expect(existsSync(join(version(), WARMUP_FILE))).toBe(false);
    writeWarmup(version(), new Array(1000).fill(good));
    expect(checkWarmup(version()).diagnostics).toEqual([]);
  });

  it("are not made up for signatures that decode their strings", () => {
    expect(synthesiseWarmup(fixture("models", "resnet_v2_jpeg_bytes", "1538687457"))).toEqual([]);
    expect(synthesiseWarmup(fixture("models", "vocab_lookup_tf2", "1"))).toHaveLength(1);
    expect(() => synthesiseWarmup(version(), { signatures: ["nope"] })).toThrow(/"nope"/);
  });

  it("without a model are not said to be well", () => {
    expect(() => checkWarmup(join(root, "nothing"))).toThrow(ModelReadError);
    expect(() => checkWarmup(root)).toThrow(/holds neither saved_model.pb/);
    expect(() => checkWarmup(version(), { tags: ["gpu"] })).toThrow(/no meta graph has the tags/);
  });

  it("are not made up for what changes state, has no outputs or would take all memory", () => {
    const passed: string[] = [];
    const counter = fixture("models", "counter_tf2", "1");
    const onPassedOver = (name: string, reason: string): number => passed.push(`${name}: ${reason}`);
    expect(synthesiseWarmup(counter, { onPassedOver }).map(({ signature }) => signature)).toEqual(["get"]);
    expect(passed).toEqual(["serving_default: it changes what later requests get (AssignAddVariableOp)"]);
    expect(synthesiseWarmup(counter, { signatures: ["serving_default"] })).toHaveLength(1);
    expect(() => synthesiseWarmup(version(), { batchSizes: [1e12] })).toThrow(ModelReadError);
  });

  it("that are damaged are told from sound ones", () => {
    writeWarmup(version(), synthesiseWarmup(version()));
    const path = join(version(), WARMUP_FILE);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1;
      writeFileSync(path, flipped);
      expect(
        checkWarmup(version()).diagnostics.filter(({ severity }) => severity === "error").length,
        `byte ${at}`,
      ).toBeGreaterThan(0);
    }
  });
});
