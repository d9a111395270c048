import type { Finding } from "@servable/diagnostics";
import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { fetchedTensors } from "../../saved-model/signature.ts";
import type { VersionContext } from "../version-context.ts";

/** What a server runs. */
export interface RunningParts {
  /** Nodes of the graph behind signatures, initialiser and restoring. */
  readonly nodes: ReadonlySet<GraphNode>;
  /** Functions that these call. */
  readonly functions: ReadonlySet<GraphFunction>;
  /** Those of them that the load calls, to initialise or restore. */
  readonly loading: ReadonlySet<GraphFunction>;
}

export function runningParts(context: VersionContext, graph: GraphIndex): RunningParts {
  const { initOp, saver, signatures } = context.meta ?? {};
  const loads = [...(initOp?.ops ?? []), ...(saver === undefined ? [] : [saver.restoreOp])];
  const serves = [...(signatures?.values() ?? [])].flatMap(fetchedTensors);
  const nodes = graph.ancestors([...loads, ...serves]);
  const loading = graph.reachableFunctions(graph.ancestors(loads));
  return { nodes, functions: graph.reachableFunctions(nodes), loading };
}

/**
 * What a fault in the body of a function does: the server looks into one only when it calls it.
 * @param isNeeded false: at a node that no call of the function comes to
 */
export function faultIn(
  fn: GraphFunction,
  { functions, loading }: RunningParts,
  isNeeded = true,
): Pick<Finding, "severity" | "effect"> & { readonly help: string } {
  if (isNeeded && loading.has(fn))
    return {
      help: "The load calls the function to initialise or restore, and fails. Export the model again.",
    };
  if (isNeeded && functions.has(fn)) {
    return {
      effect: "request-fails",
      help: "The model loads, but each request that calls the function fails. Export the model again.",
    };
  }
  return {
    severity: "warning",
    effect: "silent",
    help: "Nothing that the server runs comes to it, but tf.saved_model.load refuses the graph. Export the model again.",
  };
}
