import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import type { VersionContext } from "../version-context.ts";

/** A node with the function whose body it is in. */
export interface PlacedNode {
  readonly node: GraphNode;
  readonly fn: GraphFunction | undefined;
  /** ` of function "f"`, or nothing for a node of the graph itself. */
  readonly where: string;
}

/** All nodes of the graph, and those of the functions that it calls: others are never looked at by the server. */
export function* nodesInUse(graph: GraphIndex): Generator<PlacedNode> {
  for (const node of graph.graph.nodes) yield { node, fn: undefined, where: "" };
  for (const fn of graph.reachableFunctions(graph.graph.nodes)) {
    for (const node of fn.nodes) yield { node, fn, where: ` of function ${JSON.stringify(fn.name)}` };
  }
}

/** What runs at load or for a request: nodes of the graph behind signatures, initialiser and restoring, and functions. */
export function runningParts(
  context: VersionContext,
  graph: GraphIndex,
): { readonly nodes: ReadonlySet<GraphNode>; readonly functions: ReadonlySet<GraphFunction> } {
  const starts: string[] = [];
  for (const { outputs } of context.meta?.signatures.values() ?? [])
    for (const { tensor } of outputs.values()) starts.push(tensor);
  const { initOp, saver } = context.meta ?? {};
  if (initOp !== undefined) starts.push(...initOp.ops);
  if (saver !== undefined) starts.push(saver.restoreOp);
  const nodes = graph.ancestors(starts);
  return { nodes, functions: graph.reachableFunctions(nodes) };
}
