import type { GraphNode } from "./graph-def.ts";
import type { GraphIndex } from "./graph-index.ts";
import { opOutputs } from "./op-table.ts";

/** How many outputs a node has, or undefined for an op that is not known here. */
export function outputCount(node: GraphNode, graph: GraphIndex): number | undefined {
  const fn = graph.functions.get(node.op);
  if (fn !== undefined) return fn.outputs.length;
  const rule = opOutputs(node.op);
  if (rule === undefined || typeof rule === "number") return rule;
  let count = rule.fixed;
  for (const name of rule.attrs) {
    const attr = node.attr(name);
    if (attr?.kind === "list") count += Math.max(attr.value.type.length, attr.value.shape.length);
    else if (attr?.kind === "i") count += Number(attr.value);
    else return undefined;
  }
  return count;
}
