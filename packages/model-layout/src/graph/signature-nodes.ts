import { fetchedTensors, type Signature } from "../saved-model/signature.ts";
import type { GraphIndex, PlacedNode } from "./graph-index.ts";

/** Nodes that run when a signature's outputs are fetched, with those of the functions that they call. */
export function signatureNodes(graph: GraphIndex, signature: Signature): readonly PlacedNode[] {
  const nodes = graph.ancestors(fetchedTensors(signature));
  const placed: PlacedNode[] = [...nodes].map((node) => ({ node, fn: undefined, where: "" }));
  for (const fn of graph.reachableFunctions(nodes))
    for (const node of fn.nodes) placed.push({ node, fn, where: fn.name });
  return placed;
}
