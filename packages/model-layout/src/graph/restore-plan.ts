import { decodeTensorProto, TensorError } from "@servable/tensors";
import type { MetaGraphHeader } from "../saved-model/meta-graph.ts";
import type { Extent } from "../variables/slice-key.ts";
import { type GraphFunction, type GraphNode, splitTensorName } from "./graph-def.ts";
import type { GraphIndex } from "./graph-index.ts";

interface Slice {
  readonly shape: readonly number[];
  readonly extents: readonly Extent[];
}

/** One tensor that the restore op reads from the checkpoint. */
export interface RestoredTensor {
  readonly key: string;
  /** DataType number that the graph expects. */
  readonly dtype: number;
  /** Full shape and slice for a part of a partitioned variable. */
  readonly slice?: Slice;
  /** Why its shape_and_slice can't be read, where that is so; `slice` is then absent. */
  readonly badSlice?: string;
  /** Name of the RestoreV2 node, with its function. */
  readonly node: string;
  /** The variable that it is assigned to, where that is a plain assignment. */
  readonly variable?: GraphVariable;
}

/** A variable of the main graph. */
export interface GraphVariable {
  /** What makes two nodes one variable: container and shared name. */
  readonly id: string;
  readonly name: string;
  readonly node: GraphNode;
  /** VarHandleOp (no shape check when assigned) or a TF1 reference variable (checked). */
  readonly kind: "resource" | "reference";
  readonly shape: readonly number[] | null | undefined;
}

export interface RestorePlan {
  readonly tensors: readonly RestoredTensor[];
  /** Ids of the variables that restore assigns, in whatever way. */
  readonly assigned: ReadonlySet<string>;
  /** False where a RestoreV2 has names that are no constants, or a function is missing: what is read is then unknown. */
  readonly complete: boolean;
  /** RestoreV2 nodes whose lists of names, slices and dtypes differ in length: each fails the load. */
  readonly uneven: readonly { readonly node: string; readonly message: string }[];
}

const text = new TextDecoder();

/** The variable that a node is, or undefined. */
export function variableOf(node: GraphNode): GraphVariable | undefined {
  const kind =
    node.op === "VarHandleOp"
      ? "resource"
      : node.op === "VariableV2" || node.op === "Variable"
        ? "reference"
        : undefined;
  if (kind === undefined) return undefined;
  const read = (name: string): string => {
    const attr = node.attr(name);
    return attr?.kind === "s" ? text.decode(attr.value) : "";
  };
  const shared = read("shared_name") || node.name;
  const shape = node.attr("shape");
  return {
    id: `${read("container")}\n${shared}`,
    name: shared,
    node,
    kind,
    shape: shape?.kind === "shape" ? shape.value : undefined,
  };
}

type Scope = {
  readonly find: (name: string) => GraphNode | undefined;
  readonly fn: GraphFunction | undefined;
};

/** Name of the node behind an input: `node:out:0` in functions, `node:0` or `^node` in graphs. */
function nodeName(input: string, scope: Scope): string {
  if (input.startsWith("^")) return input.slice(1);
  if (scope.fn !== undefined) return input.split(":")[0] ?? input;
  return splitTensorName(input)?.node ?? input;
}

function strings(input: string | undefined, scope: Scope): string[] | undefined {
  let node = input === undefined ? undefined : scope.find(nodeName(input, scope));
  for (let hops = 0; node?.op === "Identity" && hops < 10; hops++)
    node = scope.find(nodeName(node.inputs[0] ?? "", scope));
  const value = node?.op === "Const" ? node.attr("value") : undefined;
  if (value?.kind !== "tensor") return undefined;
  try {
    const { data, dtype } = decodeTensorProto(value.value);
    return dtype === "DT_STRING"
      ? (data as readonly Uint8Array[]).map((bytes) => text.decode(bytes))
      : undefined;
  } catch (error) {
    if (error instanceof TensorError) return undefined;
    throw error;
  }
}

/**
 * `4 3 0,2:-` as RestoreV2 takes it (ParseShapeAndSlice): dimensions, then start,length for each, `-` for a whole one.
 * Nothing for the empty text, which means the whole tensor.
 */
function parseSliceSpec(spec: string): { readonly slice?: Slice; readonly problem?: string } {
  if (spec === "") return {};
  const words = spec.split(" ");
  const parts = (words.pop() ?? "").split(":");
  if (words.length === 0) return { problem: "has a slice without a shape" };
  const shape = words.map((word) => (/^-?\d+$/.test(word) ? Number(word) : Number.NaN));
  if (shape.some(Number.isNaN)) return { problem: "has a dimension that is no number" };
  if (parts.length !== shape.length)
    return { problem: `has a slice of rank ${parts.length} for a shape of rank ${shape.length}` };
  const extents: Extent[] = [];
  for (const [dim, part] of parts.entries()) {
    if (part === "-") {
      extents.push({ start: 0, length: -1 });
      continue;
    }
    const [, start, length] = (/^(\d+),(\d+)$/.exec(part) ?? []).map(Number);
    if (start === undefined || length === undefined || length === 0)
      return { problem: `has ${JSON.stringify(part)} where a start and a length belong` };
    if (start + length > shape[dim]!) return { problem: `reaches beyond dimension ${dim} of ${shape[dim]}` };
    extents.push({ start, length });
  }
  return { slice: { shape, extents } };
}

/** Nodes of a function's body that its results hang on, or that a call of it waits for. */
function neededNodes(fn: GraphFunction, graph: GraphIndex): ReadonlySet<GraphNode> {
  const body = graph.body(fn);
  const needed = new Set<GraphNode>();
  const todo = [...fn.ret.values(), ...fn.controlRet];
  for (let ref = todo.pop(); ref !== undefined; ref = todo.pop()) {
    const node = body.get((ref.startsWith("^") ? ref.slice(1) : ref).split(":")[0] ?? "");
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    todo.push(...node.inputs);
  }
  return needed;
}

/** What the load restores: RestoreV2 nodes below the saver's restore op, in the graph and in the functions it calls. */
export function restorePlan(graph: GraphIndex, meta: MetaGraphHeader): RestorePlan | undefined {
  const restoreOp = meta.saver?.restoreOp;
  if (restoreOp === undefined || !graph.nodes.has(restoreOp)) return undefined;
  const tensors: RestoredTensor[] = [];
  const assigned = new Set<string>();
  const uneven: { node: string; message: string }[] = [];
  let complete = true;
  const nodes = graph.ancestors([restoreOp]);
  const top: Scope = { find: (name) => graph.nodes.get(name), fn: undefined };

  const visit = (
    body: Iterable<GraphNode>,
    scope: Scope,
    variables: (input: string) => GraphVariable | undefined,
    depth: number,
    seen: ReadonlySet<string>,
  ): void => {
    // Where each output of a RestoreV2 goes: `node\nindex` to the variable.
    const targets = new Map<string, GraphVariable>();
    const { fn: within } = scope;
    // What a function neither returns nor waits for is pruned from its body.
    const needed = within === undefined ? undefined : neededNodes(within, graph);
    const list = needed === undefined ? [...body] : [...body].filter((node) => needed.has(node));
    for (const node of list) {
      if (node.op !== "AssignVariableOp" && node.op !== "Assign") continue;
      const variable = variables(node.inputs[0] ?? "");
      if (variable === undefined) continue;
      assigned.add(variable.id);
      let input = node.inputs[1] ?? "";
      for (let hops = 0; hops < 10; hops++) {
        const from = scope.find(nodeName(input, scope));
        if (from?.op !== "Identity" && from?.op !== "EnsureShape") break;
        input = from.inputs[0] ?? "";
      }
      const parts = input.split(":");
      const index = parts.length > 1 ? Number(parts.at(-1)) : 0;
      targets.set(`${nodeName(input, scope)}\n${index}`, variable);
    }
    for (const node of list) {
      if (node.op === "RestoreV2") {
        const names = strings(node.inputs[1], scope);
        const specs = strings(node.inputs[2], scope);
        const dtypes = node.attr("dtypes");
        if (names === undefined || specs === undefined || dtypes?.kind !== "list") {
          complete = false;
          continue;
        }
        const where = scope.fn === undefined ? node.name : `${scope.fn.name}/${node.name}`;
        const types = dtypes.value.type.length;
        if (names.length !== specs.length || names.length !== types) {
          uneven.push({
            node: where,
            message: `has ${names.length} names, ${specs.length} slices and ${types} dtypes of tensors to restore`,
          });
        }
        names.forEach((key, index) => {
          const variable = targets.get(`${node.name}\n${index}`);
          const { slice, problem } = parseSliceSpec(specs[index] ?? "");
          tensors.push({
            key,
            dtype: dtypes.value.type[index] ?? 0,
            node: where,
            ...(slice === undefined ? {} : { slice }),
            ...(problem === undefined ? {} : { badSlice: problem }),
            ...(variable === undefined ? {} : { variable }),
          });
        });
        continue;
      }
      if (node.op === "Restore" || node.op === "RestoreSlice") complete = false;
      if (node.op === "Const" || depth > 20) continue;
      for (const name of graph.functionsOf(node)) {
        const fn = graph.functions.get(name);
        if (fn === undefined) complete = false; // graph/functions-exist
        if (fn === undefined || seen.has(name)) continue;
        const bodyNodes = graph.body(fn);
        const arguments_ = new Map(fn.inputs.map((arg, index) => [arg.name, node.inputs[index]]));
        visit(
          fn.nodes,
          { find: (inner) => bodyNodes.get(inner), fn },
          (input) => {
            const outer = arguments_.get(input.split(":")[0] ?? input);
            return outer === undefined ? undefined : variables(outer);
          },
          depth + 1,
          new Set([...seen, name]),
        );
      }
    }
  };
  visit(
    nodes,
    top,
    (input) => {
      let node = graph.nodeOf(input);
      for (let hops = 0; node?.op === "Identity" && hops < 10; hops++)
        node = graph.nodeOf(node.inputs[0] ?? "");
      return node === undefined ? undefined : variableOf(node);
    },
    0,
    new Set(),
  );
  return { tensors, assigned, complete, uneven };
}
