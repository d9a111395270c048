import { describe, expect, it } from "vitest";
import { type CheckLevel, checkModels, memoryFileSystem } from "../src/index.ts";
import { readVocabulary } from "../src/rules/assets/read-vocabulary.ts";
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
  withIndex,
} from "./support/edit-model.ts";

const KERAS = "keras_mlp_export/1";
const VOCAB = "vocab_lookup_tf2/1";
const utf8 = new TextEncoder();

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
}

function found(files: Files, level: CheckLevel = "bytes"): readonly Found[] {
  return checkModels("/m", { fs: memoryFileSystem(files), level }).diagnostics.filter(
    ({ rule, severity }) => severity !== "info" && rule !== "saved-model/unchanged-since-export",
  );
}

const nodes = (saved: Proto): Proto[] => metaGraph(saved).graph_def.node;
const functions = (saved: Proto): Proto[] => metaGraph(saved).graph_def.library.function;
const functionOf = (saved: Proto, part: string): Proto =>
  functions(saved).find(({ signature }) => signature.name.includes(part));

const firstOf = (map: Proto): Proto => map[Object.keys(map)[0]!];
/** Two variables of different shapes. */
const variablesOfLayer = (saved: Proto): Proto[] =>
  ["probs/kernel_1", "probs/bias_1"].map((name) =>
    nodes(saved).find((node) => node.op === "VarHandleOp" && node.name.endsWith(name)),
  );
const inRestore = (saved: Proto, name: string): Proto =>
  functionOf(saved, "traced_restore").node_def.find((node: Proto) => node.name === name);

/** A signature that reads a file through a function, with a name from a node of the given op. */
const reading = (op: "Placeholder" | "Const"): Files =>
  edited(PLAIN, (saved) => {
    functions(saved).push({
      signature: {
        name: "read",
        input_arg: [{ name: "file", type: 7 }],
        output_arg: [{ name: "o", type: 7 }],
      },
      node_def: [
        { name: "same", op: "Identity", input: ["file"], attr: { T: { type: 7 } } },
        { name: "r", op: "ReadFile", input: ["same:output:0"] },
      ],
      ret: { o: "r:contents:0" },
    });
    const value = { tensor: { dtype: 7, tensor_shape: {}, string_val: [utf8.encode("labels.txt")] } };
    nodes(saved).push(
      { name: "file", op, attr: { dtype: { type: 7 }, ...(op === "Const" ? { value } : {}) } },
      {
        name: "read",
        op: "PartitionedCall",
        input: ["file"],
        attr: {
          f: { func: { name: "read" } },
          Tin: { list: { type: [7] } },
          Tout: { list: { type: [7] } },
        },
      },
    );
    if (op === "Placeholder") serving(saved).inputs.file = { name: "file:0", dtype: 7, tensor_shape: {} };
    serving(saved).outputs.text = { name: "read:0", dtype: 7, tensor_shape: {} };
  });

/** What TensorFlow 2.17.1's loader refuses, or what fails every request, with what is said of it. */
const BROKEN: readonly (readonly [
  title: string,
  files: () => Files,
  rule: string,
  severity: "error" | "warning",
  message: RegExp,
  file: string,
])[] = [
  [
    "an input taken out of the signature",
    () =>
      edited(PLAIN, (saved) => {
        serving(saved).inputs = {};
      }),
    "signature/inputs-suffice",
    "error",
    /its outputs need the placeholder "serving_default_x", which no input feeds/,
    "saved_model.pb",
  ],
  [
    "two inputs for one tensor",
    () =>
      edited(PLAIN, (saved) => {
        serving(saved).inputs.twin = firstOf(serving(saved).inputs);
      }),
    "signature/inputs-suffice",
    "error",
    /inputs "twin" and "x" both feed "serving_default_x:0"/,
    "saved_model.pb",
  ],
  [
    "an output that is an input",
    () =>
      edited(PLAIN, (saved) => {
        serving(saved).outputs.echo = firstOf(serving(saved).inputs);
      }),
    "signature/inputs-suffice",
    "error",
    /output "echo" is the tensor "serving_default_x:0" that input "x" feeds/,
    "saved_model.pb",
  ],
  [
    "an output of another dtype than the graph makes",
    () =>
      edited(PLAIN, (saved) => {
        firstOf(serving(saved).outputs).dtype = 3;
      }),
    "signature/dtype-matches-graph",
    "warning",
    /output ".*" is DT_INT32 but the graph makes DT_FLOAT/,
    "saved_model.pb",
  ],
  [
    "an output of another shape than the exporter noted",
    () =>
      edited(PLAIN, (saved) => {
        firstOf(serving(saved).outputs).tensor_shape.dim.push({ size: 3 }, { size: 3 });
      }),
    "signature/shape-matches-graph",
    "warning",
    /output ".*" has shape .* but the graph makes /,
    "saved_model.pb",
  ],
  [
    "an input that is no placeholder",
    () =>
      edited(PLAIN, (saved) => {
        const input = firstOf(serving(saved).inputs);
        input.name = `${nodes(saved).find(({ op }) => op === "VarHandleOp").name}:0`;
      }),
    "signature/dtype-matches-graph",
    "warning",
    /input "x" is DT_FLOAT but the graph wants DT_RESOURCE/,
    "saved_model.pb",
  ],
  [
    "the variables' path for another tensor",
    () =>
      edited(PLAIN, (saved) => {
        metaGraph(saved).saver_def.filename_tensor_name = "serving_default_x:0";
      }),
    "graph/restore-and-init-exist",
    "error",
    /restoring the variables needs the placeholder "saver_filename", which the loader does not feed/,
    "saved_model.pb",
  ],
  [
    "an initialiser that needs what the loader does not feed",
    () =>
      edited(PLAIN, (saved) => {
        metaGraph(saved).signature_def.__saved_model_init_op.outputs.__saved_model_init_op.name =
          "saver_filename";
      }),
    "graph/restore-and-init-exist",
    "error",
    /the initialiser \(.*\) needs the placeholder "saver_filename"/,
    "saved_model.pb",
  ],
  [
    "an asset that is listed no more",
    () =>
      edited(VOCAB, (saved) => {
        metaGraph(saved).asset_file_def = [];
      }),
    "graph/restore-and-init-exist",
    "error",
    /the initialiser \(.*\) needs the placeholder/,
    "saved_model.pb",
  ],
  [
    "an asset for an output that the node does not have",
    () =>
      edited(VOCAB, (saved) => {
        const [asset] = metaGraph(saved).asset_file_def;
        asset.tensor_info.name = asset.tensor_info.name.replace(/:0$/, ":1");
      }),
    "assets/tensors-exist",
    "error",
    /is for tensor ".*:1", but node ".*" \(.*\) has 1 output/,
    "saved_model.pb",
  ],
  [
    "an asset without a name",
    () =>
      edited(VOCAB, (saved) => {
        metaGraph(saved).asset_file_def[0].filename = "";
      }),
    "assets/files-exist",
    "error",
    /the asset for tensor ".*" has no file name/,
    "saved_model.pb",
  ],
  [
    "a vocabulary with an empty line",
    () => load(VOCAB).set("/m/1/assets/vocab.txt", utf8.encode("one\n\ntwo\n")),
    "assets/vocabularies-load",
    "error",
    /line 2 is empty/,
    "assets/vocab.txt",
  ],
  [
    "a table of line numbers that is not of int64",
    () =>
      edited(VOCAB, (saved) => {
        for (const { op, attr } of nodes(saved)) {
          if (op !== "HashTableV2") continue;
          if (attr.key_dtype.type === 9) attr.key_dtype.type = 3;
          if (attr.value_dtype.type === 9) attr.value_dtype.type = 3;
        }
      }),
    "assets/vocabularies-load",
    "error",
    /fills a table whose (keys|values) are DT_INT32 with line numbers/,
    "saved_model.pb",
  ],
  [
    "a slice that can't be read",
    () =>
      edited(KERAS, (saved) => {
        inRestore(saved, "RestoreV2/shape_and_slices").attr.value.tensor.string_val[0] = utf8.encode("bogus");
      }),
    "variables/restored-keys-exist",
    "error",
    /the slice of ".*" that the graph restores has a slice without a shape/,
    "saved_model.pb",
  ],
  [
    "a slice of another shape than is stored",
    () =>
      edited(KERAS, (saved) => {
        inRestore(saved, "RestoreV2/shape_and_slices").attr.value.tensor.string_val[0] =
          utf8.encode("999 0,2");
      }),
    "variables/restored-keys-exist",
    "error",
    /is stored with shape .* but the graph restores a slice of \[999\]/,
    "variables/variables.index",
  ],
  [
    "a name less than dtypes",
    () =>
      edited(KERAS, (saved) => {
        inRestore(saved, "RestoreV2").attr.dtypes.list.type.pop();
      }),
    "variables/restored-keys-exist",
    "error",
    /\(RestoreV2\) has (\d+) names, \1 slices and \d+ dtypes of tensors to restore/,
    "saved_model.pb",
  ],
  [
    "a function that calls itself",
    () =>
      edited(KERAS, (saved) => {
        const fn = functionOf(saved, "signature_wrapper");
        fn.node_def.find(({ op }: Proto) => /PartitionedCall$/.test(op)).attr.f.func.name = fn.signature.name;
      }),
    "graph/no-cycles",
    "error",
    /function ".*signature_wrapper.*" calls itself without end/,
    "saved_model.pb",
  ],
  [
    "two variables of one name",
    () =>
      edited(KERAS, (saved) => {
        const [kernel, bias] = variablesOfLayer(saved);
        bias.attr.shared_name = kernel.attr.shared_name;
      }),
    "variables/restored-once",
    "warning",
    /is restored from 2 different stored tensors/,
    "saved_model.pb",
  ],
  [
    "a function that only saving calls and that gives less",
    () =>
      edited(KERAS, (saved) => {
        functionOf(saved, "traced_save").signature.output_arg.pop();
      }),
    "graph/nodes-fit-ops",
    "warning",
    /calls function ".*traced_save.*", which gives 0 tensors, with 1/,
    "saved_model.pb",
  ],
  [
    "an unknown op in a function that nothing calls",
    () =>
      edited(KERAS, (saved) => {
        functions(saved).push({
          signature: { name: "unused" },
          node_def: [{ name: "x", op: "NoSuchOpAtAll" }],
        });
      }),
    "graph/ops-are-known",
    "warning",
    /op "NoSuchOpAtAll" \(1 node\) is not registered/,
    "saved_model.pb",
  ],
  [
    "a call whose results have other shapes than were noted",
    () =>
      edited(KERAS, (saved) => {
        const call = nodes(saved).find(
          ({ name }) => name === serving(saved).outputs.output_0.name.split(":")[0],
        );
        call.attr._output_shapes.list.shape[0].dim[1].size = 17;
      }),
    "graph/recorded-shapes-hold",
    "error",
    /\(StatefulPartitionedCall\) gives the shape \[\?,\d+\], but _output_shapes says \[\?,17\]/,
    "saved_model.pb",
  ],
  [
    "a placeholder of another shape than was noted",
    () =>
      edited(PLAIN, (saved) => {
        nodes(saved)
          .find(({ name }) => name === "serving_default_x")
          .attr.shape.shape.dim.push({ size: 3 });
      }),
    "graph/recorded-shapes-hold",
    "error",
    /node "serving_default_x" \(Placeholder\) gives the shape /,
    "saved_model.pb",
  ],
  [
    "a function that reads a file which the request names",
    () => reading("Placeholder"),
    "graph/no-risky-ops",
    "warning",
    /reaches ReadFile, which reads files of the server/,
    "saved_model.pb",
  ],
  [
    "two functions of one name",
    () =>
      edited(KERAS, (saved) => {
        const [fn] = functions(saved);
        functions(saved).push({ ...fn, node_def: fn.node_def.slice(1) });
      }),
    "graph/node-names-distinct",
    "error",
    /several functions are named ".*", and they differ/,
    "saved_model.pb",
  ],
  [
    "a function that restores and gives less than the call says, which nothing reads",
    () =>
      edited(KERAS, (saved) => {
        functionOf(saved, "traced_restore").signature.output_arg.pop();
      }),
    "graph/nodes-fit-ops",
    "warning",
    /calls function ".*traced_restore.*", which gives 0 tensors, with 1/,
    "saved_model.pb",
  ],
  [
    "a function that is handed another variable than it reads",
    () =>
      edited(KERAS, (saved) => {
        const name = serving(saved).outputs.output_0.name.split(":")[0];
        const { input } = nodes(saved).find((node) => node.name === name);
        const at = input.findIndex((one: string) => one.includes("kernel"));
        const other = input.findIndex((one: string) => one.includes("bias"));
        [input[at], input[other]] = [input[other], input[at]];
      }),
    "graph/shapes-fit",
    "error",
    /\(BiasAdd\) of function ".*" can't take inputs of shape .*, \[4,8\]: shapes \[4,8\] and \[\?\] must be equal/,
    "saved_model.pb",
  ],
  [
    "the variables' path for a tensor that is no string",
    () =>
      edited("tf1_classify_regress/7", (saved) => {
        const assign = nodes(saved).find(({ name, op }) => name.startsWith("save/") && op === "Identity");
        metaGraph(saved).saver_def.filename_tensor_name = `${assign.name}:0`;
      }),
    "graph/restore-and-init-exist",
    "error",
    /filename_tensor_name ".*" is DT_FLOAT, but the loader feeds it a path|does not read/,
    "saved_model.pb",
  ],
  [
    "an asset's path for a tensor that is no string",
    () =>
      edited(VOCAB, (saved) => {
        const [asset] = metaGraph(saved).asset_file_def;
        asset.tensor_info.name = "hash_table:0";
      }),
    "assets/tensors-exist",
    "error",
    /is for tensor "hash_table:0", which is DT_RESOURCE, but the loader feeds it a path/,
    "saved_model.pb",
  ],
  [
    "a node on a second CPU device",
    () =>
      edited("tf1_classify_regress/7", (saved) => {
        nodes(saved).find(({ op }) => op === "MatMul").device = "/device:CPU:7";
      }),
    "graph/devices-available",
    "error",
    /asks for the device "\/device:CPU:7", but a server has one CPU device/,
    "saved_model.pb",
  ],
  [
    "a placeholder as the op that restores",
    () =>
      edited(PLAIN, (saved) => {
        metaGraph(saved).saver_def.restore_op_name = "saver_filename";
      }),
    "graph/restore-and-init-exist",
    "error",
    /restoring the variables needs the placeholder "saver_filename"/,
    "saved_model.pb",
  ],
  [
    "a function that gives more than the call says",
    () =>
      edited(KERAS, (saved) => {
        const { restore_op_name } = metaGraph(saved).saver_def;
        nodes(saved)
          .find(({ name }) => name === restore_op_name)
          .attr.Tout.list.type.pop();
      }),
    "graph/nodes-fit-ops",
    "error",
    /calls function ".*traced_restore.*", which gives 1 tensors, with 0/,
    "saved_model.pb",
  ],
  [
    "no saver for the variables that a signature reads",
    () =>
      edited(PLAIN, (saved) => {
        metaGraph(saved).saver_def = null;
      }),
    "graph/restore-and-init-exist",
    "error",
    /the model has variables on disk but no saver that restores them/,
    "saved_model.pb",
  ],
  [
    "the variables' path for a tensor that restoring does not read",
    () =>
      edited("tf1_classify_regress/7", (saved) => {
        // A placeholder with a default needs no feed: restoring would read from that default.
        metaGraph(saved).saver_def.filename_tensor_name = "MatMul:0";
      }),
    "graph/restore-and-init-exist",
    "error",
    /restoring the variables \(.*\) does not read "MatMul:0"/,
    "saved_model.pb",
  ],
  [
    "a key that is stored twice",
    () =>
      withIndex([
        ["a", float(4, 0)],
        ["a", float(4, 0)],
      ]),
    "variables/keys-sorted",
    "warning",
    /key "a" is there twice/,
    "variables/variables.index",
  ],
];

describe("a model that contradicts itself", () => {
  it.each(BROKEN)("%s", (_title, files, rule, severity, message, file) => {
    const diagnostics = found(files());
    const matching = diagnostics.filter((diagnostic) => diagnostic.rule === rule);
    expect(matching, JSON.stringify(diagnostics)).not.toEqual([]);
    expect(matching[0]?.severity).toBe(severity);
    expect(matching[0]?.message).toMatch(message);
    expect(matching[0]?.file).toBe(`/m/1/${file}`);
    if (severity === "warning")
      expect(
        diagnostics.filter((other) => other.severity === "error" && other.rule.startsWith("graph/")),
      ).toEqual([]);
  });
});

/** What TensorFlow 2.17.1 loads and answers as before. */
const SOUND: readonly (readonly [title: string, files: () => Files])[] = [
  ["the model of the signatures", () => plain()],
  ["the model of the functions", () => load(KERAS)],
  ["the model of the assets", () => load(VOCAB)],
  [
    "the restore op by the name of its output",
    () =>
      edited(PLAIN, (saved) => {
        metaGraph(saved).saver_def.restore_op_name += ":0";
      }),
  ],
  [
    "a vocabulary with carriage returns",
    () => {
      const files = load(VOCAB);
      const text = new TextDecoder().decode(files.get("/m/1/assets/vocab.txt"));
      return files.set("/m/1/assets/vocab.txt", utf8.encode(text.replaceAll("\n", "\r\n")));
    },
  ],
  ["a function that reads a file of a fixed name", () => reading("Const")],
  [
    "a function twice, with its maps in another order",
    () =>
      edited(KERAS, (saved) => {
        const fn = functionOf(saved, "traced_restore");
        const backwards = (map: Proto): Proto => Object.fromEntries(Object.entries(map).reverse());
        const node_def = fn.node_def.map((node: Proto) => ({ ...node, attr: backwards(node.attr) }));
        functions(saved).push({ ...fn, node_def });
      }),
  ],
  [
    "a RestoreV2 of a missing key that no result hangs on",
    () =>
      edited(KERAS, (saved) => {
        const fn = functionOf(saved, "traced_restore");
        const names = structuredClone(inRestore(saved, "RestoreV2/tensor_names").attr);
        names.value.tensor.string_val[0] = utf8.encode("no such key");
        fn.node_def.push(
          { name: "names", op: "Const", attr: names },
          {
            ...inRestore(saved, "RestoreV2"),
            name: "unneeded",
            input: ["file_prefix", "names:output:0", "RestoreV2/shape_and_slices:output:0"],
          },
        );
      }),
  ],
];

describe("a model that is odd but sound", () => {
  it.each(SOUND)("%s", (_title, files) => {
    expect(found(files(), "graph")).toEqual([]);
  });

  it("a stored shape whose rank is said to be unknown although it has dimensions", () => {
    const entry = float(4, 0);
    const rules = found(withIndex([["a", { ...entry, shape: { ...entry.shape, unknown_rank: true } }]]));
    expect(rules.filter(({ rule }) => rule === "variables/entries-fit-shards")).toEqual(
      found(withIndex([["a", entry]])).filter(({ rule }) => rule === "variables/entries-fit-shards"),
    );
  });
});

describe("a vocabulary", () => {
  const table = {
    node: undefined as never,
    keyIndex: -2,
    valueIndex: -1,
    delimiter: "\t",
    vocabSize: -1,
    keyType: 7,
    valueType: 9,
  };
  const columns = { ...table, keyIndex: 0, valueIndex: 1 };
  it.each([
    ["whole lines", "a\nb\n", table, undefined],
    ["no line end at the end", "a\nb", table, undefined],
    ["carriage returns", "a\r\nb\r\n", table, undefined],
    ["a last line of a carriage return", "a\r\nb\r\n\r", table, undefined],
    ["an empty line", "a\n\nb\n", table, /line 2 is empty/],
    ["an empty line by a carriage return", "a\n\r\nb\n", table, /line 2 is empty/],
    ["an empty line at the end", "a\nb\n\n", table, /line 3 is empty/],
    ["a key again", "a\nb\na\n", table, /the key "a" is in line 1 and again in line 3/],
    ["a key again by a carriage return", "a\nb\na\r\n", table, /the key "a" is in line 1 and again/],
    ["columns", "a\t1\nb\t2\n", columns, undefined],
    ["the same pair again", "a\t1\na\t1\n", columns, undefined],
    ["a column less", "a\t1\nb\n", columns, /line 2 has 1 column where the table reads 2/],
    ["no number", "a\t1\nb\tx\n", columns, /the value "x" in line 2 is not an int64/],
    ["numbers with blanks and signs", "a\t -1\nb\t+2 \n", columns, undefined],
    ["lines beyond the size", "a\nb\n\n", { ...table, vocabSize: 2 }, undefined],
    ["lines short of the size", "a\nb\n", { ...table, vocabSize: 3 }, /2 lines where .* exported with 3/],
  ] as const)("with %s", (_title, text, init, message) => {
    const fault = readVocabulary(text, init);
    if (message === undefined) expect(fault).toBeUndefined();
    else expect(fault?.message).toMatch(message);
  });
});
