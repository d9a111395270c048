import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Tensor, type TensorJson, tensorFromJson } from "@servable/tensors";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkWarmup,
  encodeExample,
  encodeTfRecord,
  encodeWarmup,
  ModelReadError,
  memoryFileSystem,
  proposeWarmup,
  readTfRecords,
  synthesiseWarmup,
  WARMUP_FILE,
  type WarmupInput,
  WarmupRefused,
  writeWarmup,
} from "../src/index.ts";

/** Signatures for which a request is hard to make up. */
const ODD = join(import.meta.dirname, "odd-requests/1");

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

  it("hold what the graph takes their strings for", () => {
    const [picture] = synthesiseWarmup(fixture("models", "resnet_v2_jpeg_bytes", "1538687457"));
    const [data] = picture?.kind === "predict" ? [...picture.inputs.values()].map((each) => each.data) : [];
    expect(hex((data as Uint8Array[])[0]!)).toMatch(/^ffd8ffe0.*ffd9$/);
    const text = (signature: string): Uint8Array => {
      const [record] = synthesiseWarmup(ODD, { signatures: [signature] });
      const inputs = record?.kind === "predict" ? record.inputs : new Map<string, Tensor>();
      return [...inputs.values()].flatMap(({ dtype, data }) =>
        dtype === "DT_STRING" ? [(data as Uint8Array[])[0]!] : [],
      )[0]!;
    };
    const shown = (signature: string): string => new TextDecoder().decode(text(signature));
    expect(shown("numbers")).toBe("1");
    expect(shown("table_rows")).toBe("1,1");
    expect(JSON.parse(shown("json_examples"))).toEqual({
      features: {
        feature: { a: { floatList: { value: [1 / 64, 38 / 64] } }, n: { int64List: { value: ["0"] } } },
      },
    });
    expect(shown("base64_pictures")).toMatch(/^_9j_[\w-]+$/);
    expect(new TextDecoder("latin1").decode(text("sound"))).toMatch(/^RIFF.{4}WAVEfmt /s);
    const features = { age: [0n], name: ["text"], tags: ["text"], clicks: [1 / 64] };
    const embedding = Array.from({ length: 8 }, (_, index) => (((index * 37) % 63) + 1) / 64);
    expect(hex(text("examples"))).toBe(hex(encodeExample({ ...features, embedding })));
    const old = { s: ["text"], d: [1 / 64, 38 / 64], i: [0n], t: [1 / 64], f: [1 / 64, 38 / 64, 12 / 64] };
    expect(hex(text("old_ops"))).toBe(hex(encodeExample(old)));
    const sequence = text("sequences");
    const context = encodeExample({ id: [0n] });
    expect(hex(sequence)).toMatch(new RegExp(`^${hex(context)}12`));
    expect(hex(sequence)).toContain(hex(new TextEncoder().encode("token")));
  });

  it("fit the parts of sparse and ragged tensors to one another", () => {
    const shown = (records: readonly WarmupInput[]): string[] =>
      records.map((record) =>
        record.kind !== "predict"
          ? record.kind
          : [...record.inputs].map(([alias, { shape, data }]) => `${alias}[${shape}] ${data}`).join("; "),
      );
    expect(shown(synthesiseWarmup(ODD, { signatures: ["sparse"], batchSizes: [2] }))).toEqual([
      "s[2,2] 0,0,1,0; s_1[2] 0.015625,0.59375; s_2[2] 2,1",
    ]);
    const [ragged] = proposeWarmup(ODD, { signatures: ["deeply_ragged"], batchSizes: [2] });
    expect([...ragged!.guesses].flatMap(shown)).toContain("r[2] 0,1; r_1[3] 0,1,2; r_2[3] 0,1,2");
  });

  it("are proposed with a reason where there are none", () => {
    const reasons = [...proposeWarmup(ODD)].flatMap(({ signature, reason, isUnreachable = false }) =>
      reason === undefined ? [] : [[signature, reason, isUnreachable]],
    );
    expect(reasons).toEqual([
      ["packed", "it takes its strings apart (DecodeCompressed)", false],
      [
        "ragged_answer",
        'its output "r" is a composite tensor (RAGGED_TENSOR_SPEC), which has no name by which it could be fetched',
        true,
      ],
      ["raw_rows", "it takes its strings apart (DecodeRaw)", false],
    ]);
    const [partly] = synthesiseWarmup(ODD, { signatures: ["partly_ragged_answer"] });
    expect(partly).toMatchObject({ outputFilter: ["y"] });
    const [all] = synthesiseWarmup(ODD, { signatures: ["partly_ragged_answer"] });
    expect(() => encodeWarmup(ODD, [{ kind: "predict", ...all, outputFilter: [] } as WarmupInput])).toThrow(
      /asks for what can't be fetched: its output "r"/,
    );
  });

  it("are made up for text without a meaning, and for no signature that is not there", () => {
    expect(synthesiseWarmup(fixture("models", "vocab_lookup_tf2", "1"))).toHaveLength(1);
    expect(() => synthesiseWarmup(version(), { signatures: ["nope"] })).toThrow(/"nope"/);
  });

  it("without a model are not said to be well", () => {
    expect(() => checkWarmup(join(root, "nothing"))).toThrow(ModelReadError);
    expect(() => checkWarmup(root)).toThrow(/holds neither saved_model.pb/);
    expect(() => checkWarmup(version(), { tags: ["gpu"] })).toThrow(/no meta graph has the tags/);
  });

  it("are not made up for what changes state, has no outputs or would take all memory", () => {
    const counter = fixture("models", "counter_tf2", "1");
    expect([...proposeWarmup(counter)].map(({ signature, reason }) => [signature, reason])).toEqual([
      ["get", undefined],
      ["serving_default", "it changes what later requests get (AssignAddVariableOp)"],
    ]);
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
