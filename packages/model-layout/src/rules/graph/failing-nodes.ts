import type { Effect } from "@servable/diagnostics";
import { splitRef } from "../../graph/function-ref.ts";
import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { GraphShapes } from "../../graph/shapes/graph-shapes.ts";
import type { Outputs } from "../../graph/shapes/scope.ts";
import { compatible, merge, SCALAR, type Shape } from "../../graph/shapes/shape.ts";
import { callable } from "../signature/signatures.ts";
import type { VersionContext } from "../version-context.ts";
import { isAmong, runningParts } from "./running-parts.ts";

/**
 * Nodes whose shape functions refuse what a server hands them: requests of the shapes that the signatures declare, and
 * variables of the shapes that are stored. Only those that something runs, with what fails by them.
 */
export function failingNodes(context: VersionContext, graph: GraphIndex): ReadonlyMap<GraphNode, Effect> {
  const running = runningParts(context, graph);
  const needed = new Map<GraphFunction, ReadonlySet<GraphNode>>();
  const failing = new Map<GraphNode, Effect>();
  for (const { node, fn } of new GraphShapes(graph, servedShapes(context, graph)).problems) {
    const part = fn === undefined ? { node } : { fn };
    const effect: Effect = isAmong(running.loading, part) ? "load-fails" : "request-fails";
    if (fn === undefined) {
      if (running.nodes.has(node)) failing.set(node, effect);
    } else if (running.functions.has(fn)) {
      let nodes = needed.get(fn);
      if (nodes === undefined) {
        nodes = neededNodes(fn, graph);
        needed.set(fn, nodes);
      }
      if (nodes.has(node)) failing.set(node, effect);
    }
  }
  return failing;
}

/** What is fed, and what is restored. */
function servedShapes(context: VersionContext, graph: GraphIndex): ReadonlyMap<GraphNode, Outputs> {
  const shapes = new Map<GraphNode, Shape>();
  for (const node of graph.graph.nodes) if (node.op.startsWith("Placeholder")) shapes.set(node, null);
  for (const [, { inputs }] of callable(context)) {
    for (const info of inputs.values()) {
      const node = info.kind === "tensor" ? graph.nodeOf(info.tensor) : undefined;
      const known = node === undefined ? undefined : shapes.get(node);
      if (node === undefined || known === undefined) continue;
      // Where signatures differ, either may be fed.
      shapes.set(node, compatible(known, info.shape) ? merge(known, info.shape) : null);
    }
  }
  const prefix = graph.nodeOf(context.meta?.saver?.filenameTensor ?? "");
  if (prefix !== undefined) shapes.set(prefix, SCALAR);
  const made = new Map<GraphNode, Outputs>([...shapes].map(([node, shape]) => [node, { shapes: [shape] }]));
  const index = context.variables?.ok === true ? context.variables.value : undefined;
  for (const { key, slice, variable, dtype } of context.restorePlan?.tensors ?? []) {
    const stored = slice === undefined ? index?.entry(key)?.shape : undefined;
    if (stored === undefined || variable?.kind !== "resource") continue;
    // The variable has the type of what is assigned, whatever it was declared as.
    made.set(variable.node, { shapes: [SCALAR], handles: [{ shape: stored, dtype }] });
  }
  return made;
}

/** Nodes of a function that its results hang on, or that must have run before a call is done. */
export function neededNodes(fn: GraphFunction, graph: GraphIndex): ReadonlySet<GraphNode> {
  const body = graph.body(fn);
  const needed = new Set<GraphNode>();
  const todo = [...fn.ret.values(), ...fn.controlRet];
  for (let ref = todo.pop(); ref !== undefined; ref = todo.pop()) {
    const node = body.get(splitRef(ref.startsWith("^") ? ref.slice(1) : ref).name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    todo.push(...node.inputs);
  }
  return needed;
}
