import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CheckModelsOptions, checkModels, memoryFileSystem, modelRules } from "../src/index.ts";
import {
  edited,
  type Files,
  float,
  load,
  metaGraph,
  PLAIN,
  type Proto,
  plain,
  serving,
  shape,
  withIndex,
} from "./support/edit-model.ts";

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
      metaGraph(saved).asset_file_def[0].filename = "../vocab.txt";
    }),
    good: load("vocab_lookup_tf2/1"),
  }),
  "graph/constants-have-values": () => ({
    bad: edited(PLAIN, (saved) => {
      metaGraph(saved).graph_def.node.push({ name: "c", op: "Const", attr: { dtype: { type: 1 } } });
    }),
    good: plain(),
  }),
  "graph/no-risky-ops": () => ({
    bad: edited(PLAIN, (saved) => {
      const { node } = metaGraph(saved).graph_def;
      node.push({ name: "files", op: "WriteFile", input: ["name", "name"] });
      node.push({ name: "name", op: "Placeholder", attr: { dtype: { type: 7 } } });
      node.push({ name: "out", op: "Identity", input: ["name", "^files"], attr: { T: { type: 7 } } });
      serving(saved).outputs.out = { name: "out:0", dtype: 7 };
    }),
    good: plain(),
  }),
  "graph/tables-initialised": () => ({
    bad: edited("vocab_lookup_tf2/1", (saved) => {
      delete metaGraph(saved).signature_def.__saved_model_init_op;
      metaGraph(saved).collection_def = {};
    }),
    good: load("vocab_lookup_tf2/1"),
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
    bad: edited(PLAIN, (saved) => saved.meta_graphs.push(metaGraph(saved))),
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
  "signature/inputs-suffice": () => ({
    bad: edited(PLAIN, (saved) => {
      serving(saved).inputs = {};
    }),
    good: plain(),
  }),
  "signature/regress-fits": () => ({
    bad: edited("tf1_classify_regress/7", (saved) => {
      const signature = Object.values<Proto>(metaGraph(saved).signature_def).find(
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
  "variables/restored-once": () => ({
    bad: edited("keras_mlp_export/1", (saved) => {
      const [kernel, bias] = ["probs/kernel_1", "probs/bias_1"].map((end) =>
        metaGraph(saved).graph_def.node.find(
          ({ name, op }: Proto) => op === "VarHandleOp" && name.endsWith(end),
        ),
      );
      bias.attr.shared_name = kernel.attr.shared_name;
    }),
    good: load("keras_mlp_export/1"),
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
