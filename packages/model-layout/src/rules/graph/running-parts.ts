import type { Finding } from "@servable/diagnostics";
import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { fetchedTensors } from "../../saved-model/signature.ts";
import type { VersionContext } from "../version-context.ts";

/** Nodes of the graph, and the functions that they call. */
interface Parts {
  readonly nodes: ReadonlySet<GraphNode>;
  readonly functions: ReadonlySet<GraphFunction>;
}

/** What a server runs: what is behind signatures, initialiser and restoring. */
export interface RunningParts extends Parts {
  /** What the load runs of it, to initialise or restore. */
  readonly loading: Parts;
}

export function runningParts(context: VersionContext, graph: GraphIndex): RunningParts {
  const { initOp, saver, signatures } = context.meta ?? {};
  const loads = [...(initOp?.ops ?? []), ...(saver === undefined ? [] : [saver.restoreOp])];
  const serves = [...(signatures?.values() ?? [])].flatMap(fetchedTensors);
  const behind = (starts: readonly string[]): Parts => {
    const nodes = graph.ancestors(starts);
    return { nodes, functions: graph.reachableFunctions(nodes) };
  };
  return { ...behind([...loads, ...serves]), loading: behind(loads) };
}

/** A function, or a node of the graph itself. */
type Part = { readonly fn: GraphFunction } | { readonly fn?: undefined; readonly node: GraphNode };

export const isAmong = ({ nodes, functions }: Parts, part: Part): boolean =>
  part.fn === undefined ? nodes.has(part.node) : functions.has(part.fn);

/** What a fault does that a server only notices where it comes to it. */
export interface LateFault extends Pick<Finding, "effect"> {
  readonly help: string;
}

/**
 * What a fault does in the body of a function, or at a node, if a server only looks at it when it comes to it: a load or
 * requests fail, or nothing does, but then TensorFlow's other loaders, which look at all, refuse the graph.
 */
export function lateFault(part: Part, running: RunningParts): LateFault {
  if (isAmong(running.loading, part)) return LOAD;
  return isAmong(running, part) ? REQUEST : IDLE;
}

const LOAD: LateFault = {
  help: "The load comes to it when it initialises or restores, and fails. Export the model again.",
};

const REQUEST: LateFault = {
  effect: "request-fails",
  help: "A server loads the model, but each request that comes to it fails. Export the model again.",
};

const IDLE: LateFault = {
  effect: "silent",
  help: "A server loads the model and never comes to it, but tf.saved_model.load and the C API refuse the graph. Export the model again.",
};
