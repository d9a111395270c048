import { showShape } from "@servable/tensors";
import { dtypeName } from "../../graph/check-node.ts";
import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { opDef } from "../../graph/op-defs.ts";
import { readShape } from "../../saved-model/signature.ts";
import { LENGTH, WireReader } from "../../wire/wire-reader.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { compatible } from "../signature/shape-matches-graph.ts";

type Shape = readonly number[] | null;

export const rule = versionRule({
  id: "graph/recorded-shapes-hold",
  level: "graph",
  summary:
    "constants, variables and results of functions have the shapes and types that the exporter recorded for them",
  severity: "error",
  effect: "load-fails",
  why: "The importer works out each node's output shape and compares it with the one that the exporter noted in `_output_shapes`; a variable that is read as another type than it has is refused too.",
  mend: "Export the model again; edited graphs must change both.",
  evidence: [
    "tensorflow/core/common_runtime/graph_constructor.cc ValidateShape",
    "TensorFlow 2.17.1's loader on such graphs",
  ],
  logTexts: [
    "Node '…' has an _output_shapes attribute inconsistent with the GraphDef for output #…: …",
    "Trying to read variable with wrong dtype. Expected … got … for '…' with input shapes: ….",
  ],
  examples: {
    bad: [
      folder("another shape", {
        "m/1/saved_model.pb": "variable w of shape [3,2], _output_shapes of its read [2,2]",
      }),
    ],
    good: [
      folder("one shape", {
        "m/1/saved_model.pb": "variable w of shape [2,2], _output_shapes of its read [2,2]",
      }),
    ],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    let told = 0;
    for (const node of graph.graph.nodes) {
      const problem = dtypeProblem(node, graph) ?? shapeProblem(node, graph);
      if (problem === undefined) continue;
      if (told++ >= 10) return;
      yield {
        file,
        message: `node ${quoted(node.name)} (${node.op}) ${problem}`,
        help: "The load fails. Export the model again.",
      };
    }
    for (const { node, fn, problem, refused } of readsInFunctions(graph)) {
      if (told++ >= 10) return;
      yield {
        file,
        ...(refused ? {} : { severity: "warning" as const }),
        message: `node ${quoted(node.name)} (${node.op}) of function ${quoted(fn.name)} ${problem}`,
        help: refused
          ? "Every request that comes to it fails. Export the model again."
          : "Answers are wrong, or requests fail. Export the model again.",
      };
    }
    for (const { node, fn, where } of graph.nodesInUse) {
      const problem = resultProblem(node, graph);
      if (problem === undefined) continue;
      if (told++ >= 10) return;
      yield {
        file,
        // What was noted inside of functions is compared by nobody.
        ...(fn === undefined ? {} : { severity: "warning" as const }),
        message: `node ${quoted(node.name)} (${node.op})${where} ${problem}`,
        help: "TensorFlow's importers refuse the graph where they look into functions, else answers have another shape than was exported. Export the model again.",
      };
    }
  },
});

/** Ops that take a variable's handle first and say the type in `dtype`. */
const READERS: ReadonlySet<string> = new Set([
  "ReadVariableOp",
  "AssignVariableOp",
  "AssignAddVariableOp",
  "AssignSubVariableOp",
]);

const variableOf = (node: GraphNode, graph: GraphIndex): GraphNode | undefined => {
  const [handle] = node.inputs;
  const from = handle === undefined ? undefined : graph.nodeOf(handle);
  return from?.op === "VarHandleOp" ? from : undefined;
};

function dtypeProblem(node: GraphNode, graph: GraphIndex): string | undefined {
  if (!READERS.has(node.op)) return undefined;
  const variable = variableOf(node, graph);
  return variable === undefined ? undefined : typeOfRead(node, variable);
}

function typeOfRead(node: GraphNode, variable: GraphNode): string | undefined {
  const has = variable.attr("dtype");
  const wants = node.attr("dtype");
  if (has?.kind !== "type" || wants?.kind !== "type" || has.value === wants.value) return undefined;
  return `takes variable ${quoted(variable.name)} as ${dtypeName(wants.value)}, which is ${dtypeName(has.value)}`;
}

/** How many calls are followed: enough for any export, and an end for graphs made to have none. */
const MOST_CALLS = 5000;

/** Reads of variables, in functions that are handed their handles, as another type or shape than the variable has. */
function* readsInFunctions(
  graph: GraphIndex,
): Generator<{ node: GraphNode; fn: GraphFunction; problem: string; refused: boolean }> {
  type Handles = ReadonlyMap<string, GraphNode>;
  const done = new Set<string>();
  const todo: (readonly [GraphFunction, Handles])[] = [];
  const call = (node: GraphNode, handle: (input: string) => GraphNode | undefined): void => {
    if (!/^(?:Stateful)?PartitionedCall$/.test(node.op)) return;
    const called = node.attr("f");
    const fn = called?.kind === "func" ? graph.functions.get(called.value) : undefined;
    const handles = new Map<string, GraphNode>();
    for (const [at, { name }] of fn?.inputs.entries() ?? []) {
      const variable = handle(node.inputs[at] ?? "");
      if (variable !== undefined) handles.set(name, variable);
    }
    if (fn === undefined || handles.size === 0) return;
    const key = JSON.stringify([fn.name, ...[...handles].map(([name, variable]) => [name, variable.name])]);
    if (done.has(key) || done.size >= MOST_CALLS) return;
    done.add(key);
    todo.push([fn, handles]);
  };
  for (const node of graph.graph.nodes)
    call(node, (input) => {
      const from = graph.nodeOf(input);
      return from?.op === "VarHandleOp" ? from : undefined;
    });
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [fn, handles] = next;
    for (const node of fn.nodes) {
      call(node, (input) => handles.get(input));
      const variable = READERS.has(node.op) ? handles.get(node.inputs[0] ?? "") : undefined;
      if (variable === undefined) continue;
      const wrongType = typeOfRead(node, variable);
      if (wrongType !== undefined) yield { node, fn, problem: wrongType, refused: true };
      const shape = node.op === "ReadVariableOp" ? variable.attr("shape") : undefined;
      const recorded = node.attr("_output_shapes");
      const noted = recorded?.kind === "list" ? recorded.value.shape[0] : undefined;
      if (wrongType !== undefined || shape?.kind !== "shape" || noted === undefined) continue;
      if (compatible(noted, shape.value)) continue;
      yield {
        node,
        fn,
        problem: `reads variable ${quoted(variable.name)} of shape ${showShape(shape.value)}, but _output_shapes says ${showShape(noted)}`,
        refused: false,
      };
    }
  }
}

/** What is wrong with what a call gives: the function's results have other shapes than were noted at the call. */
function resultProblem(node: GraphNode, graph: GraphIndex): string | undefined {
  if (!/^(?:Stateful)?PartitionedCall$/.test(node.op)) return undefined;
  const called = node.attr("f");
  const recorded = node.attr("_output_shapes");
  const fn = called?.kind === "func" ? graph.functions.get(called.value) : undefined;
  if (fn === undefined || recorded?.kind !== "list") return undefined;
  for (const [at, { name }] of fn.outputs.entries()) {
    const noted = recorded.value.shape[at];
    const made = shapeOfRef(fn.ret.get(name) ?? "", fn, graph);
    if (noted === undefined || made === undefined || compatible(noted, made)) continue;
    return `gives ${quoted(name)} of function ${quoted(fn.name)} the shape ${showShape(made)}, but _output_shapes says ${showShape(noted)}`;
  }
  return undefined;
}

/** Shape that was noted for `node:output:index` in a function's body, where the op has one output argument. */
function shapeOfRef(ref: string, fn: GraphFunction, graph: GraphIndex): Shape | undefined {
  const [name = "", output, index] = ref.split(":");
  const node = output === undefined ? undefined : graph.body(fn).get(name);
  if (node === undefined || opDef(node.op)?.outputs.length !== 1) return undefined;
  const recorded = node.attr("_output_shapes");
  return recorded?.kind === "list" ? recorded.value.shape[Number(index ?? 0)] : undefined;
}

function shapeProblem(node: GraphNode, graph: GraphIndex): string | undefined {
  const shape = outputShape(node, graph);
  if (shape === undefined || shape === null) return undefined;
  const recorded = node.attr("_output_shapes");
  const first = recorded?.kind === "list" ? recorded.value.shape[0] : undefined;
  if (first === undefined || first === null || compatible(first, shape)) return undefined;
  return `gives the shape ${showShape(shape)}, but _output_shapes says ${showShape(first)}`;
}

/** Shape of a node's only output where it stands in the graph. */
function outputShape(node: GraphNode, graph: GraphIndex): Shape | undefined {
  const shapeAttr = (of: GraphNode | undefined): Shape | undefined => {
    const attr = of?.attr("shape");
    return attr?.kind === "shape" ? attr.value : undefined;
  };
  switch (node.op) {
    case "Const": {
      const value = node.attr("value");
      return value?.kind === "tensor" ? tensorShape(value.value) : undefined;
    }
    case "VariableV2":
    case "Placeholder": {
      const shape = shapeAttr(node);
      // Graphs of producers before 24 wrote [] where they meant an unknown shape.
      return node.op === "Placeholder" && shape?.length === 0 && graph.graph.producer < 24 ? null : shape;
    }
    case "ReadVariableOp":
      return shapeAttr(variableOf(node, graph));
    default:
      return undefined;
  }
}

/** tensor_shape of a TensorProto. */
function tensorShape(tensor: Uint8Array): Shape {
  const reader = new WireReader(tensor);
  let shape: Shape = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((2 << 3) | LENGTH)) shape = readShape(reader.message());
    else reader.skip(tag);
  }
  return shape;
}
