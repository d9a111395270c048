import { readFileSync } from "node:fs";
import type { Diagnostic } from "@servable/diagnostics";
import { messageType } from "@servable/protos/message-types";
import { fixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { checkModels, memoryFileSystem } from "../src/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: decoded protos, edited in place
type Proto = any;
const SavedModel = messageType("tensorflow.SavedModel");

/** What is found in the graph of a model after an edit of its first meta graph. */
function found(model: string, edit: (meta: Proto) => void, tfsVersion = "2.17.1"): readonly Diagnostic[] {
  const bytes = readFileSync(fixture("models", model, "saved_model.pb"));
  const saved = SavedModel.decode(bytes) as Proto;
  edit(saved.meta_graphs[0]);
  return checkModels("/m", {
    tfsVersion,
    fs: memoryFileSystem(new Map([["/m/1/saved_model.pb", SavedModel.encode(saved).finish()]])),
  }).diagnostics.filter(
    ({ rule }) => rule.startsWith("graph/") && !/^graph\/(restore-and-init-exist|versions-fit)$/.test(rule),
  );
}

const KERAS = "keras_mlp_export/1";
const TF1 = "tf1_classify_regress/7";
const nodeOf = (nodes: Proto[], op: string): Proto => nodes.find((node) => node.op === op);
const inFunctions = (meta: Proto): Proto[] =>
  meta.graph_def.library.function.flatMap((fn: Proto) => fn.node_def);
const functionWith = (meta: Proto, op: string): Proto =>
  meta.graph_def.library.function.find((fn: Proto) => fn.node_def.some((node: Proto) => node.op === op));
const served = (meta: Proto): Proto =>
  meta.graph_def.library.function.find((fn: Proto) => fn.signature.name.includes("signature_wrapper"));

const saving = (meta: Proto): Proto =>
  meta.graph_def.library.function.find((fn: Proto) => fn.signature.name.includes("traced_save"));

const restoring = (meta: Proto): Proto =>
  meta.graph_def.library.function.find((fn: Proto) => fn.signature.name.includes("traced_restore"));

describe("edited graphs", () => {
  it("are sound before", () => {
    expect(found(KERAS, () => {})).toEqual([]);
    expect(found(TF1, () => {})).toEqual([]);
  });

  const CASES: readonly (readonly [string, string, string, (meta: Proto) => void, RegExp])[] = [
    [
      "an input too few",
      KERAS,
      "graph/nodes-fit-ops",
      (meta) => nodeOf(inFunctions(meta), "MatMul").input.pop(),
      /has 1 input where its op takes 2/,
    ],
    [
      "an input too many",
      TF1,
      "graph/nodes-fit-ops",
      (meta) => {
        const node = nodeOf(meta.graph_def.node, "MatMul");
        node.input.unshift(node.input[0]);
      },
      /has 3 inputs where its op takes 2/,
    ],
    [
      "a missing attribute",
      TF1,
      "graph/nodes-fit-ops",
      (meta) => {
        delete nodeOf(meta.graph_def.node, "Placeholder").attr.dtype;
      },
      /lacks the attribute "dtype"/,
    ],
    [
      "an attribute of another kind",
      TF1,
      "graph/nodes-fit-ops",
      (meta) => {
        nodeOf(meta.graph_def.node, "MatMul").attr.transpose_a = { i: 1 };
      },
      /has attribute "transpose_a" as an integer, which must be a bool/,
    ],
    [
      "a type that the op does not take",
      TF1,
      "graph/nodes-fit-ops",
      (meta) => {
        nodeOf(meta.graph_def.node, "MatMul").attr.T = { type: 7 };
      },
      /has attribute "T" of DT_STRING, but it may be /,
    ],
    [
      "an input of another type",
      TF1,
      "graph/nodes-fit-ops",
      (meta) => {
        const node = nodeOf(meta.graph_def.node, "MatMul");
        node.input[0] = meta.graph_def.node.find(
          (other: Proto) => other.op === "Placeholder" && other.attr.dtype.type === 7,
        ).name;
      },
      /takes DT_STRING from ".*" as input 0, which must be DT_FLOAT/,
    ],
    [
      "a call with other tensors than the function takes",
      KERAS,
      "graph/nodes-fit-ops",
      (meta) => {
        served(meta).signature.input_arg.pop();
      },
      /calls function ".*", which takes \d+ tensors, with \d+/,
    ],
    [
      "an input that no node of the function makes",
      KERAS,
      "graph/inputs-exist",
      (meta) => {
        nodeOf(inFunctions(meta), "MatMul").input[0] = "ghost:output:0";
      },
      /takes input "ghost:output:0", which neither a node nor an argument makes/,
    ],
    [
      "an output that the op does not have",
      TF1,
      "graph/inputs-exist",
      (meta) => {
        const node = nodeOf(meta.graph_def.node, "MatMul");
        node.input[0] = nodeOf(meta.graph_def.node, "NoOp").name;
      },
      /takes output 0 of ".*" \(NoOp\), which has 0/,
    ],
    [
      "a control input before the others",
      TF1,
      "graph/inputs-exist",
      (meta) => {
        const node = nodeOf(meta.graph_def.node, "MatMul");
        node.input.unshift(`^${nodeOf(meta.graph_def.node, "Placeholder").name}`);
      },
      /after a control input, which must come last/,
    ],
    [
      "a result that nothing makes",
      KERAS,
      "graph/function-results-fit",
      (meta) => {
        const fn = served(meta);
        fn.ret[Object.keys(fn.ret)[0]!] = "ghost:output:0";
      },
      /result ".*" of function ".*" is "ghost:output:0", which neither a node nor an argument makes/,
    ],
    [
      "a result of another type",
      KERAS,
      "graph/function-results-fit",
      (meta) => {
        const { signature } = served(meta);
        signature.output_arg[0].type = 3;
        for (const { op, attr } of meta.graph_def.node)
          if (op.endsWith("PartitionedCall") && attr.f.func.name === signature.name)
            attr.Tout.list.type = [3];
      },
      /is declared DT_INT32 but made as DT_FLOAT/,
    ],
    [
      "a placeholder for an attribute outside of functions",
      TF1,
      "graph/nodes-fit-ops",
      (meta) => {
        nodeOf(meta.graph_def.node, "MatMul").attr.T = { placeholder: "T" };
      },
      /has attribute "T" as a placeholder, which only functions can have/,
    ],
    [
      "a cycle",
      TF1,
      "graph/no-cycles",
      (meta) => {
        const node = nodeOf(meta.graph_def.node, "MatMul");
        const from = meta.graph_def.node.find(
          (other: Proto) => other.name === node.input[0].replace(/:.*/, ""),
        );
        from.input.push(`^${node.name}`);
      },
      /\d+ nodes hang on one another/,
    ],
    [
      "a cycle in a function",
      KERAS,
      "graph/no-cycles",
      (meta) => {
        const fn = functionWith(meta, "MatMul");
        nodeOf(fn.node_def, "MatMul").input[0] = "probs:softmax:0";
        fn.node_def.push({
          name: "probs",
          op: "Softmax",
          input: [`${nodeOf(fn.node_def, "MatMul").name}:product:0`],
          attr: { T: { type: 1 } },
        });
      },
      /in function ".*" \d+ nodes hang on one another/,
    ],
    [
      "matrices that can't be multiplied",
      TF1,
      "graph/shapes-fit",
      (meta) => {
        nodeOf(meta.graph_def.node, "MatMul").attr.transpose_b = { b: true };
      },
      /\(MatMul\) can't take inputs of shape .*: dimensions \d+ and \d+ must be equal/,
    ],
    [
      "matrices of a function that can't be multiplied by a variable that it is handed",
      KERAS,
      "graph/shapes-fit",
      (meta) => {
        const fn = functionWith(meta, "MatMul");
        nodeOf(fn.node_def, "MatMul").attr.transpose_b = { b: true };
      },
      /\(MatMul\) of function ".*" can't take inputs of shape \[\?,4\], \[4,8\]/,
    ],
    [
      "a name that TensorFlow does not allow",
      TF1,
      "graph/node-names-valid",
      (meta) => {
        meta.graph_def.node.push({ name: "a:b", op: "NoOp" });
      },
      /has the name "a:b", which TensorFlow does not allow/,
    ],
    [
      "a variable of another shape than its readers were told",
      TF1,
      "graph/recorded-shapes-hold",
      (meta) => {
        const node = nodeOf(meta.graph_def.node, "VarHandleOp");
        node.attr.shape.shape.dim[0].size = "77";
      },
      /gives the shape \[77.*\], but _output_shapes says/,
    ],
    [
      "a variable read as another type",
      TF1,
      "graph/shapes-fit",
      (meta) => {
        nodeOf(meta.graph_def.node, "VarHandleOp").attr.dtype.type = 2;
      },
      /it takes the variable as DT_FLOAT, which is DT_DOUBLE/,
    ],
    [
      "a constant of another type than its node",
      KERAS,
      "graph/constants-fill-shapes",
      (meta) => {
        const node = restoring(meta).node_def.find(
          (other: Proto) => other.op === "Const" && other.attr.dtype.type === 7,
        );
        node.attr.dtype.type = 3;
      },
      /is declared DT_INT32 but its tensor is DT_STRING/,
    ],
    [
      "a device that is none",
      KERAS,
      "graph/devices-available",
      (meta) => {
        nodeOf(inFunctions(meta), "MatMul").device = "nonsense";
      },
      /asks for the device "nonsense", which is no device name/,
    ],
    [
      "a Python function",
      TF1,
      "graph/ops-are-known",
      (meta) => {
        meta.graph_def.node.push({ name: "py", op: "EagerPyFunc", attr: {} });
      },
      /op "EagerPyFunc" \(1 node\) calls back into the Python program/,
    ],
  ];

  it.each(CASES)("%s", (_, model, rule, edit, message) => {
    const said = found(model, edit);
    const of = said.filter((diagnostic) => diagnostic.rule === rule);
    expect(of.length, JSON.stringify(said)).toBeGreaterThan(0);
    expect(of[0]).toMatchObject({ severity: "error" });
    expect(of[0]?.message).toMatch(message);
  });

  const CALL_OF_GHOST: Proto = {
    name: "call",
    op: "PartitionedCall",
    attr: { f: { func: { name: "ghost" } }, Tin: { list: {} }, Tout: { list: {} } },
  };
  // What a model server 2.17.1 loads and answers (tensorflow::LoadSavedModel and a run of each signature); an error is what
  // the C API refuses.
  const HARMLESS: readonly (readonly [
    title: string,
    severity: string,
    rule: string,
    edit: (meta: Proto) => void,
  ])[] = [
    [
      "a result of another type than the calls take it for",
      "error",
      "graph/function-results-fit",
      (meta) => {
        served(meta).signature.output_arg[0].type = 3;
      },
    ],
    [
      "a result that nothing makes, of a function that only saving calls",
      "error",
      "graph/function-results-fit",
      (meta) => {
        const fn = saving(meta);
        fn.ret[Object.keys(fn.ret)[0]!] = "ghost:output:0";
      },
    ],
    [
      "a call of a missing function in a function that only saving calls",
      "warning",
      "graph/functions-exist",
      (meta) => {
        saving(meta).node_def.push(structuredClone(CALL_OF_GHOST));
      },
    ],
    [
      "a call of a missing function on which no result of a function hangs",
      "warning",
      "graph/functions-exist",
      (meta) => {
        served(meta).node_def.push(structuredClone(CALL_OF_GHOST));
      },
    ],
    [
      "an input that nothing makes, in a function that only saving calls",
      "error",
      "graph/inputs-exist",
      (meta) => {
        saving(meta).node_def.find(({ input }: Proto) => input.length > 0).input[0] = "ghost:output:0";
      },
    ],
  ];

  it.each(HARMLESS)("%s: %s, but the server goes on", (_, severity, rule, edit) => {
    expect(found(KERAS, edit)).toMatchObject([{ rule, severity, effect: "silent" }]);
  });

  // What tensorflow::LoadSavedModel of 2.17.1, and a run of each signature after it, made of each of them.
  const CALLED: readonly (readonly [by: string, (meta: Proto) => Proto, Partial<Diagnostic>])[] = [
    ["saving, which no server runs", saving, { severity: "error", effect: "silent" }],
    ["restoring", restoring, { severity: "error" }],
    ["a signature", served, { severity: "error", effect: "request-fails" }],
  ];
  const FAULTS: readonly (readonly [title: string, rule: string, edit: (fn: Proto) => void])[] = [
    [
      "an input that nothing makes",
      "graph/inputs-exist",
      (fn) => {
        fn.node_def.find(({ input }: Proto) => input.length > 0).input[0] = "ghost:output:0";
      },
    ],
    [
      "a node that waits for itself",
      "graph/no-cycles",
      (fn) => {
        const node = fn.node_def.find(({ input }: Proto) => input.length > 0);
        node.input.push(`^${node.name}`);
      },
    ],
    [
      "a missing attribute",
      "graph/nodes-fit-ops",
      (fn) => {
        delete fn.node_def.find(({ attr }: Proto) => "T" in attr).attr.T;
      },
    ],
  ];

  it.each([
    ["a signature needs", "MatMul", "request-fails"],
    ["restoring needs", "AssignVariableOp", undefined],
    ["only saving needs", "SaveV2", "silent"],
  ])("an input too few at a node that %s", (_, op, effect) => {
    const told = found(TF1, (meta) => {
      const nodes = meta.graph_def.node.filter((node: Proto) => node.op === op);
      const node = nodes.find(({ name }: Proto) => name.startsWith("save/")) ?? nodes[0];
      node.input.splice(
        node.input.findLastIndex((input: string) => !input.startsWith("^")),
        1,
      );
    });
    const misfits = told.filter(({ rule }) => rule === "graph/nodes-fit-ops");
    expect(misfits.map((each) => [each.severity, each.effect])).toEqual([["error", effect]]);
  });

  describe.each(CALLED)("in a function that is called by %s", (_, functionOf, judged) => {
    it.each(FAULTS)("%s", (_title, rule, edit) => {
      const told = found(KERAS, (meta) => edit(functionOf(meta))).filter((each) => each.rule === rule);
      expect(told.map(({ severity, effect }) => ({ severity, effect }))).toEqual([judged]);
    });
  });

  it("with an attribute of a newer release: ignored since 2.5, refused before", () => {
    const edit = (meta: Proto): void => {
      nodeOf(meta.graph_def.node, "MatMul").attr.grad_a = { b: true };
    };
    const wanted = { rule: "graph/attrs-are-known" };
    expect(found(TF1, edit)).toEqual([]);
    expect(found(TF1, edit, "2.15.1")).toMatchObject([{ ...wanted, severity: "warning" }]);
    expect(found(TF1, edit, "2.4.1")[0]).toMatchObject({ ...wanted, severity: "error" });
  });

  it("of a release that is not known here are not blamed for what may be new in it", () => {
    const edit = (meta: Proto): void => {
      nodeOf(meta.graph_def.node, "MatMul").attr.of_tomorrow = { b: true };
    };
    expect(found(TF1, edit, "2.99.0")).toEqual([]);
    expect(found(TF1, edit, "2.20.0")).toMatchObject([{ severity: "warning" }]);
  });
});
