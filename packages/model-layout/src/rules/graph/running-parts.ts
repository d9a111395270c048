import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { fetchedTensors } from "../../saved-model/signature.ts";
import type { VersionContext } from "../version-context.ts";

/** What runs at load or for a request: nodes of the graph behind signatures, initialiser and restoring, and functions. */
export function runningParts(
  context: VersionContext,
  graph: GraphIndex,
): { readonly nodes: ReadonlySet<GraphNode>; readonly functions: ReadonlySet<GraphFunction> } {
  const starts = [...(context.meta?.signatures.values() ?? [])].flatMap(fetchedTensors);
  const { initOp, saver } = context.meta ?? {};
  if (initOp !== undefined) starts.push(...initOp.ops);
  if (saver !== undefined) starts.push(saver.restoreOp);
  const nodes = graph.ancestors(starts);
  return { nodes, functions: graph.reachableFunctions(nodes) };
}

/** What a fault in the body of a function does: the server looks into one only when it calls it. */
export const IN_FUNCTION = {
  runs: "The load fails where the function initialises or restores something, else every request that calls it. Export the model again.",
  idle: "Nothing that the server runs calls it, but tf.saved_model.load refuses the graph. Export the model again.",
} as const;
