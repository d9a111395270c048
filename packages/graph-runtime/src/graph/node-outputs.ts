import type { DType } from "@servable/tensors";
import type { GraphDef, NodeDef } from "./graph-def.ts";
import { opDef } from "./op-table.ts";

/** Ops that only call a function. */
export const INLINED = new Set(["PartitionedCall", "StatefulPartitionedCall"]);

/** The function that a node calls and that can stand in its place, if it does. */
export function calledFunction(node: NodeDef, graph: GraphDef): string | undefined {
  if (INLINED.has(node.op)) return node.attrs.func("f");
  // Before TensorFlow 2, a call was a node whose op is the function's name.
  return graph.functionBytes.has(node.op) ? node.op : undefined;
}

/** Splits an input of a graph's node: `name`, `name:1`, `^name`. */
export function parseTensorName(text: string): { name: string; index: number; control: boolean } {
  if (text.startsWith("^")) return { name: text.slice(1), index: 0, control: true };
  const colon = text.lastIndexOf(":");
  if (colon > 0) {
    const tail = text.slice(colon + 1);
    if (/^\d{1,9}$/.test(tail)) return { name: text.slice(0, colon), index: Number(tail), control: false };
  }
  return { name: text, index: 0, control: false };
}

/** Number of tensors that one declared argument stands for. */
export function argumentSize(spec: string, node: NodeDef): number {
  const type = spec.slice(spec.indexOf(":") + 1);
  if (type.startsWith("*")) return node.attrs.dtypes(type.slice(1)).length;
  const star = type.indexOf("*");
  return star > 0 ? node.attrs.int(type.slice(0, star)) : 1;
}

/** Number of outputs of a node; undefined for an op that TensorFlow does not register. */
export function outputCount(node: NodeDef, graph: GraphDef): number | undefined {
  const fn = calledFunction(node, graph);
  if (fn !== undefined && !INLINED.has(node.op)) return graph.function(fn)?.outputs.length;
  const definition = opDef(node.op);
  if (!definition) return undefined;
  let count = 0;
  for (const spec of definition.o) count += argumentSize(spec, node);
  return count;
}

/** Dtype of one output of a graph's node, as far as the op's definition tells. */
export function outputDtype(node: NodeDef, index: number): DType | undefined {
  let at = 0;
  for (const spec of opDef(node.op)?.o ?? []) {
    const size = argumentSize(spec, node);
    if (index >= at + size) {
      at += size;
      continue;
    }
    const type = spec.slice(spec.lastIndexOf(spec.includes("*") ? "*" : ":") + 1);
    if (type.startsWith("DT_")) return type as DType;
    if (spec.includes(":*")) return node.attrs.dtypes(type)[index - at];
    return node.attrs.has(type) ? node.attrs.dtype(type) : undefined;
  }
  return undefined;
}
