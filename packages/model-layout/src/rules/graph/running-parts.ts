import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import type { VersionContext } from "../version-context.ts";

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
