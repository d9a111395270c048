import { splitRef } from "../../graph/function-ref.ts";
import { type GraphFunction, type GraphNode, splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { count, folder, quoted, some, versionRule } from "../model-rule.ts";
import { lateFault, runningParts } from "./running-parts.ts";

/** Loops of TF1 close here: the importer takes these edges out before it sorts. */
const BACK_FROM: ReadonlySet<string> = new Set(["NextIteration", "RefNextIteration"]);
const BACK_TO: ReadonlySet<string> = new Set(["Merge", "RefMerge"]);

/** Ops that call the function `f` whatever their inputs are; branches and loops may end a recursion. */
const CALLS: ReadonlySet<string> = new Set(["PartitionedCall", "StatefulPartitionedCall"]);

/** Names of functions that call one another in a ring, of those that the graph calls. */
function endlessCall(graph: GraphIndex): string[] | undefined {
  const calls = (fn: GraphFunction): GraphFunction[] => {
    const found: GraphFunction[] = [];
    for (const node of fn.nodes) {
      if (!CALLS.has(node.op) && !graph.functions.has(node.op)) continue;
      for (const name of graph.functionsOf(node)) {
        const callee = graph.functions.get(name);
        if (callee !== undefined) found.push(callee);
      }
    }
    return found;
  };
  const done = new Set<GraphFunction>();
  for (const start of graph.calledFunctions) {
    const path: { readonly fn: GraphFunction; readonly rest: GraphFunction[] }[] = [];
    const onPath = new Set<GraphFunction>();
    const enter = (fn: GraphFunction): void => {
      path.push({ fn, rest: calls(fn) });
      onPath.add(fn);
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        done.add(top.fn);
        onPath.delete(top.fn);
        path.pop();
      } else if (onPath.has(next)) {
        return path.slice(path.findIndex(({ fn }) => fn === next)).map(({ fn }) => fn.name);
      } else if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}

export const rule = versionRule({
  id: "graph/no-cycles",
  level: "graph",
  summary:
    "no node hangs on itself but through a loop's NextIteration, and no function calls itself without end",
  severity: "error",
  effect: "load-fails",
  why: "The importer takes nodes in the order of their inputs. Nodes that wait for one another are never reached, and the load fails; inside a function, its first call does. Calls of functions are unfolded; one that comes back to itself never ends.",
  mend: "Export the model again.",
  evidence: [
    "tensorflow/core/common_runtime/graph_constructor.cc",
    "TensorFlow 2.17.1's loader on such a graph",
  ],
  logTexts: ["… nodes in a cycle"],
  examples: {
    bad: [folder("two that wait", { "m/1/saved_model.pb": "node a has input b, node b has input a" })],
    good: [folder("in order", { "m/1/saved_model.pb": "node a has input b, node b has no input" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const loop = endlessCall(graph);
    if (loop !== undefined) {
      yield {
        file,
        message:
          loop.length === 1
            ? `function ${quoted(loop[0]!)} calls itself without end`
            : `functions call one another without end: ${some(loop)}`,
        help: "The server crashes (stack overflow) when it unfolds the calls. Export the model again.",
      };
    }
    const inGraph = waitingNodes(graph.graph.nodes, graph.nodes, (input) => splitTensorName(input)?.node);
    if (inGraph.length > 0)
      yield { file, message: waitingMessage(inGraph), help: "The load fails. Export the model again." };
    for (const fn of graph.calledFunctions) {
      const inBody = waitingNodes(fn.nodes, graph.body(fn), (input) => splitRef(input).name);
      if (inBody.length === 0) continue;
      yield {
        file,
        message: `in function ${quoted(fn.name)} ${waitingMessage(inBody)}`,
        ...lateFault({ fn }, runningParts(context, graph)),
      };
    }
  },
});

const waitingMessage = (nodes: readonly GraphNode[]): string =>
  `${count(nodes.length, "node")} hang on one another or on such nodes: ${some(nodes.map(({ name }) => name))}`;

/** Nodes that wait for one another or for such nodes; `nameOf`: the name of the node that makes an input which is no control input. */
function waitingNodes(
  nodes: readonly GraphNode[],
  byName: ReadonlyMap<string, GraphNode>,
  nameOf: (input: string) => string | undefined,
): readonly GraphNode[] {
  const sourceOf = (input: string, node: GraphNode): GraphNode | undefined => {
    const name = input.startsWith("^") ? input.slice(1) : nameOf(input);
    const from = name === undefined ? undefined : byName.get(name);
    return from !== undefined && BACK_TO.has(node.op) && BACK_FROM.has(from.op) ? undefined : from;
  };
  // Mostly every node stands behind those that it waits for, or nearly so.
  const done = new Set<GraphNode>();
  const users = new Map<GraphNode, GraphNode[]>();
  const waiting = new Map<GraphNode, number>();
  const finish = (first: GraphNode): void => {
    const ready = [first];
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      done.add(node);
      for (const user of users.get(node) ?? []) {
        const left = (waiting.get(user) ?? 0) - 1;
        waiting.set(user, left);
        if (left === 0) {
          waiting.delete(user);
          ready.push(user);
        }
      }
    }
  };
  for (const node of nodes) {
    // Of several nodes of one name the first counts.
    if (byName.get(node.name) !== node) continue;
    let left = 0;
    for (const input of node.inputs) {
      const from = sourceOf(input, node);
      // graph/inputs-exist tells of inputs that nothing makes.
      if (from === undefined || done.has(from)) continue;
      left++;
      const list = users.get(from);
      if (list === undefined) users.set(from, [node]);
      else list.push(node);
    }
    if (left === 0) finish(node);
    else waiting.set(node, left);
  }
  return [...waiting.keys()];
}
