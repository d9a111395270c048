import { type GraphFunction, type GraphNode, splitTensorName } from "./graph-def.ts";
import type { GraphIndex } from "./graph-index.ts";

/** Calls whose inputs are the function's arguments, one by one; of branches and loops any argument may be any input. */
const PLAIN_CALL = /^(?:Stateful)?PartitionedCall$/;

/** An input of a node, by its position. */
type Place = readonly [user: GraphNode, at: number];

/**
 * Nodes whose inputs a request can choose: those behind the tensors that it feeds, in the graph and in the functions that
 * these nodes call. Of each, the positions of the inputs that hang on the request.
 */
export function requestInputs(
  graph: GraphIndex,
  feeds: Iterable<string>,
): ReadonlyMap<GraphNode, ReadonlySet<number>> {
  const chosen = new Map<GraphNode, Set<number>>();
  const todo: Place[] = [];
  const usersInGraph = usersOf(graph.graph.nodes, (input) =>
    graph.nodes.get(splitTensorName(input)?.node ?? ""),
  );
  const bodies = new Map<GraphFunction, Users>();
  /** Where each called function's nodes are used. */
  const placeOf = new Map<GraphNode, Users>();
  const enter = (fn: GraphFunction, argument: string): void => {
    let users = bodies.get(fn);
    if (users === undefined) {
      const body = graph.body(fn);
      users = usersOf(fn.nodes, (input) => body.get(input.split(":")[0] ?? ""));
      bodies.set(fn, users);
      for (const node of fn.nodes) placeOf.set(node, users);
    }
    todo.push(...(users.get(argument) ?? []));
  };
  for (const feed of feeds) {
    const node = graph.nodeOf(feed);
    if (node !== undefined) todo.push(...(usersInGraph.get(node) ?? []));
  }
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    const [node, at] = place;
    let positions = chosen.get(node);
    if (positions?.has(at)) continue;
    if (positions === undefined) {
      positions = new Set();
      chosen.set(node, positions);
      todo.push(...((placeOf.get(node) ?? usersInGraph).get(node) ?? []));
    }
    positions.add(at);
    const plain = PLAIN_CALL.test(node.op) || graph.functions.has(node.op);
    for (const name of graph.functionsOf(node)) {
      const fn = graph.functions.get(name);
      for (const [index, arg] of fn?.inputs.entries() ?? [])
        if (fn !== undefined && (!plain || index === at)) enter(fn, arg.name);
    }
  }
  return chosen;
}

/** Places where nodes, and where names that no node has (arguments), are used. */
type Users = ReadonlyMap<GraphNode | string, readonly Place[]>;

function usersOf(nodes: readonly GraphNode[], from: (input: string) => GraphNode | undefined): Users {
  const users = new Map<GraphNode | string, Place[]>();
  for (const node of nodes) {
    for (const [at, input] of node.inputs.entries()) {
      if (input.startsWith("^")) continue;
      const source = from(input) ?? input;
      const places = users.get(source);
      if (places === undefined) users.set(source, [[node, at]]);
      else places.push([node, at]);
    }
  }
  return users;
}
