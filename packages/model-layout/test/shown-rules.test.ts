import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@servable/protos/saved-model";
import { fixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { type CheckModelsOptions, checkModels, memoryFileSystem, modelRules } from "../src/index.ts";
import { writeTable } from "./support/write-table.ts";

// biome-ignore lint/suspicious/noExplicitAny: decoded protos, edited in place
type Proto = any;
type Files = Map<string, Uint8Array>;

const SavedModel = root.lookupType("tensorflow.SavedModel");
const Entry = root.lookupType("tensorflow.BundleEntryProto");
const Header = root.lookupType("tensorflow.BundleHeaderProto");
const utf8 = new TextEncoder();

/** Files of a fixture's version, below /m/1. */
function load(model: string): Files {
  const folder = fixture("models", model);
  const files: Files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(`/m/1/${full.slice(folder.length + 1)}`, readFileSync(full));
  }
  return files;
}

/** The same with its SavedModel edited. */
function edited(model: string, edit: (saved: Proto) => void): Files {
  const files = load(model);
  const saved = SavedModel.decode(files.get("/m/1/saved_model.pb") ?? new Uint8Array(0)) as Proto;
  edit(saved);
  files.set("/m/1/saved_model.pb", SavedModel.encode(saved).finish());
  return files;
}

const PLAIN = "half_plus_two_versions/1";
const plain = (): Files => load(PLAIN);
const meta = (saved: Proto): Proto => saved.meta_graphs[0];
const serving = (saved: Proto): Proto => meta(saved).signature_def.serving_default;

/** A version whose variables.index holds these entries and whose data file is of zeros. */
function withIndex(entries: readonly (readonly [key: string, entry: Proto])[]): Files {
  const files = plain();
  const header = Header.encode(Header.fromObject({ num_shards: 1, version: { producer: 1 } })).finish();
  files.set(
    "/m/1/variables/variables.index",
    writeTable([
      [new Uint8Array(0), header],
      ...entries.map(
        ([key, entry]) => [utf8.encode(key), Entry.encode(Entry.fromObject(entry)).finish()] as const,
      ),
    ]),
  );
  files.set("/m/1/variables/variables.data-00000-of-00001", new Uint8Array(1 << 16));
  return files;
}
const shape = (...sizes: number[]): Proto => ({ dim: sizes.map((size) => ({ size })) });
const float = (size: number, offset: number): Proto => ({
  dtype: 1,
  shape: shape(size),
  size: size * 4,
  offset,
});

interface Shown {
  readonly bad: Files;
  readonly good: Files;
  readonly options?: CheckModelsOptions;
  /** Size of saved_model.pb, the rest of which is zeros. */
  readonly sizeOfBad?: number;
}

/** Rules that no recorded broken model and no edited graph of the other tests shows. */
const SHOWN: Readonly<Record<string, () => Shown>> = {
  "assets/names-stay-inside": () => ({
    bad: edited("vocab_lookup_tf2/1", (saved) => {
      meta(saved).asset_file_def[0].filename = "../vocab.txt";
    }),
    good: load("vocab_lookup_tf2/1"),
  }),
  "graph/constants-have-values": () => ({
    bad: edited(PLAIN, (saved) => {
      meta(saved).graph_def.node.push({ name: "c", op: "Const", attr: { dtype: { type: 1 } } });
    }),
    good: plain(),
  }),
  "graph/no-risky-ops": () => ({
    bad: edited(PLAIN, (saved) => {
      const { node } = meta(saved).graph_def;
      node.push({ name: "files", op: "WriteFile", input: ["name", "name"] });
      node.push({ name: "name", op: "Placeholder", attr: { dtype: { type: 7 } } });
      node.push({ name: "out", op: "Identity", input: ["name", "^files"], attr: { T: { type: 7 } } });
      serving(saved).outputs.out = { name: "out:0", dtype: 7 };
    }),
    good: plain(),
  }),
  "layout/base-path-exists": () => ({
    bad: new Map(),
    good: plain(),
    options: { as: "base-path" },
  }),
  "layout/no-upload-remains": () => ({
    bad: plain().set("/m/1/variables/variables.data-00000-of-00001.part", new Uint8Array(4)),
    good: plain(),
  }),
  "layout/path-is-base-path": () => ({
    bad: new Map([...plain()].map(([path, bytes]) => [path.replace("/m/1", "/m/name/1"), bytes])),
    good: plain(),
  }),
  "layout/version-name-is-number": () => ({
    bad: plain().set("/m/v2/saved_model.pb", plain().get("/m/1/saved_model.pb") ?? new Uint8Array(0)),
    good: plain(),
  }),
  "layout/version-name-is-plain": () => ({
    bad: new Map([...plain()].map(([path, bytes]) => [path.replace("/m/1/", "/m/1 /"), bytes])),
    good: plain(),
  }),
  "saved-model/graph-is-covered": () => ({
    bad: load("tf1_classify_regress/7"),
    good: load("keras_mlp_export/1"),
    options: { level: "bytes" },
  }),
  "saved-model/size-is-loadable": () => ({ bad: plain(), good: plain(), sizeOfBad: 2.1 * 2 ** 30 }),
  "saved-model/tag-sets-distinct": () => ({
    bad: edited(PLAIN, (saved) => saved.meta_graphs.push(meta(saved))),
    good: plain(),
  }),
  "signature/batches": () => ({
    bad: edited(PLAIN, (saved) => {
      for (const info of Object.values<Proto>(serving(saved).inputs)) info.tensor_shape = shape(4);
    }),
    good: plain(),
    options: { batching: true },
  }),
  "signature/defaults-fit": () => ({
    bad: edited(PLAIN, (saved) => {
      serving(saved).defaults = { x: { dtype: 3, tensor_shape: {}, int_val: [1] } };
    }),
    good: edited(PLAIN, (saved) => {
      serving(saved).defaults = { x: { dtype: 1, tensor_shape: shape(1), float_val: [1] } };
    }),
  }),
  "signature/inputs-feedable": () => ({
    bad: edited(PLAIN, (saved) => {
      const [info] = Object.values<Proto>(serving(saved).inputs);
      delete info.name;
      info.coo_sparse = {
        values_tensor_name: "a:0",
        indices_tensor_name: "b:0",
        dense_shape_tensor_name: "c:0",
      };
    }),
    good: plain(),
  }),
  "signature/regress-fits": () => ({
    bad: edited("tf1_classify_regress/7", (saved) => {
      const signature = Object.values<Proto>(meta(saved).signature_def).find(
        ({ method_name }) => method_name === "tensorflow/serving/regress",
      );
      signature.outputs = { y: signature.outputs.outputs };
    }),
    good: load("tf1_classify_regress/7"),
  }),
  "variables/entries-apart": () => ({
    bad: withIndex([
      ["a", float(4, 0)],
      ["b", float(4, 8)],
    ]),
    good: withIndex([
      ["a", float(4, 0)],
      ["b", float(4, 16)],
    ]),
  }),
  "variables/keys-sorted": () => ({
    bad: withIndex([
      ["b", float(4, 0)],
      ["a", float(4, 16)],
    ]),
    good: withIndex([
      ["a", float(4, 0)],
      ["b", float(4, 16)],
    ]),
  }),
  "variables/no-dead-weight": () => ({
    bad: withIndex([["optimizer/slot", float(2000, 0)]]),
    good: plain(),
  }),
  "variables/slices-complete": () => ({
    bad: withIndex([
      [
        "w",
        {
          dtype: 1,
          shape: shape(4),
          slices: [{ extent: [{ start: 0, length: 2 }] }, { extent: [{ start: 2, length: 2 }] }],
        },
      ],
    ]),
    good: withIndex([["w", float(4, 0)]]),
  }),
};

function broken(files: Files, options: CheckModelsOptions = {}, size?: number): ReadonlySet<string> {
  let fs = memoryFileSystem(files);
  if (size !== undefined) {
    const { stat, open } = fs;
    const large = (path: string): boolean => path.endsWith("saved_model.pb");
    fs = {
      ...fs,
      stat: (path) => ({ ...stat(path), ...(large(path) ? { size } : {}) }),
      open: (path) => ({
        ...open(path),
        ...(large(path) ? { size, read: (target: Uint8Array) => target.fill(0).length } : {}),
      }),
    };
  }
  const { diagnostics } = checkModels("/m", { fs, level: "bytes", ...options });
  return new Set(diagnostics.map(({ rule }) => rule));
}

describe("a model that breaks the rule and one that keeps it", () => {
  it.each(Object.keys(SHOWN))("%s", (rule) => {
    const { bad, good, options, sizeOfBad } = SHOWN[rule]!();
    expect([...broken(bad, options, sizeOfBad)]).toContain(rule);
    expect([...broken(good, options)]).not.toContain(rule);
  });

  it("are shown for every rule: here, among the recorded broken models or among the edited graphs", () => {
    const tests = readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
      .join("\n");
    expect(modelRules.map(({ id }) => id).filter((id) => !tests.includes(`"${id}"`))).toEqual([]);
    expect(Object.keys(SHOWN).filter((id) => !modelRules.some((rule) => rule.id === id))).toEqual([]);
  });
});
