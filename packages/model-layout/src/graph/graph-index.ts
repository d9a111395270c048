import { type Graph, type GraphFunction, type GraphNode, splitTensorName } from "./graph-def.ts";

/** A node with the function whose body it is in. */
export interface PlacedNode {
  readonly node: GraphNode;
  readonly fn: GraphFunction | undefined;
  /** ` of function "f"`, or nothing for a node of the graph itself. */
  readonly where: string;
}

/** A graph with its nodes and functions by name, and walks along its edges. What many ask for is worked out once. */
export class GraphIndex {
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  #bodies = new Map<GraphFunction, ReadonlyMap<string, GraphNode>>();
  #calledFunctions: ReadonlySet<GraphFunction> | undefined;
  #nodesInUse: readonly PlacedNode[] | undefined;

  constructor(graph: Graph) {
    this.graph = graph;
    // The first of several nodes of one name, as the C++ importer sees it before it complains.
    const nodes = new Map<string, GraphNode>();
    for (const node of graph.nodes) if (!nodes.has(node.name)) nodes.set(node.name, node);
    this.nodes = nodes;
    this.functions = new Map(graph.functions.map((fn) => [fn.name, fn]));
  }

  /** Node that makes a tensor of the main graph (`node:0`, `node`, `^node`). */
  nodeOf(tensor: string): GraphNode | undefined {
    const name = tensor.startsWith("^") ? tensor.slice(1) : splitTensorName(tensor)?.node;
    return name === undefined ? undefined : this.nodes.get(name);
  }

  body(fn: GraphFunction): ReadonlyMap<string, GraphNode> {
    let body = this.#bodies.get(fn);
    if (body === undefined) {
      body = new Map(fn.nodes.map((node) => [node.name, node]));
      this.#bodies.set(fn, body);
    }
    return body;
  }

  /** Nodes of the main graph that the given ones hang on, themselves included, control inputs too. */
  ancestors(starts: Iterable<string>): Set<GraphNode> {
    const seen = new Set<GraphNode>();
    const todo: GraphNode[] = [];
    const push = (tensor: string): void => {
      const node = this.nodeOf(tensor);
      if (node !== undefined && !seen.has(node)) {
        seen.add(node);
        todo.push(node);
      }
    };
    for (const start of starts) push(start);
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) node.inputs.forEach(push);
    return seen;
  }

  /** Names of the functions that a node calls: its op, where that is one, and what its attributes name. */
  functionsOf(node: GraphNode): readonly string[] {
    return this.functions.has(node.op) ? [node.op, ...node.functionNames] : node.functionNames;
  }

  /** All functions that the main graph calls, through other functions too. */
  get calledFunctions(): ReadonlySet<GraphFunction> {
    this.#calledFunctions ??= this.reachableFunctions(this.graph.nodes);
    return this.#calledFunctions;
  }

  /** All nodes of the graph, and those of the functions that it calls: others are never looked at by the server. */
  get nodesInUse(): readonly PlacedNode[] {
    if (this.#nodesInUse === undefined) {
      const nodes: PlacedNode[] = [];
      for (const node of this.graph.nodes) nodes.push({ node, fn: undefined, where: "" });
      for (const fn of this.calledFunctions) {
        const where = ` of function ${JSON.stringify(fn.name)}`;
        for (const node of fn.nodes) nodes.push({ node, fn, where });
      }
      this.#nodesInUse = nodes;
    }
    return this.#nodesInUse;
  }

  /** All functions that nodes call, through other functions too. */
  reachableFunctions(nodes: Iterable<GraphNode>): Set<GraphFunction> {
    const seen = new Set<GraphFunction>();
    const todo = [...nodes];
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
      if (!mayCall(node.op) && !this.functions.has(node.op)) continue;
      for (const name of this.functionsOf(node)) {
        const fn = this.functions.get(name);
        if (fn === undefined || seen.has(fn)) continue;
        seen.add(fn);
        todo.push(...fn.nodes);
      }
    }
    return seen;
  }
}

/** What many ask of a graph and is worked out once. */
export function oncePerGraph<Found>(find: (graph: GraphIndex) => Found): (graph: GraphIndex) => Found {
  const known = new WeakMap<GraphIndex, { readonly found: Found }>();
  return (graph) => {
    let entry = known.get(graph);
    if (entry === undefined) {
      entry = { found: find(graph) };
      known.set(graph, entry);
    }
    return entry.found;
  };
}

/** Ops without function attributes, which make up nearly every graph: their attributes need not be read. */
const PLAIN = new Set([
  "Const",
  "Identity",
  "NoOp",
  "Placeholder",
  "ReadVariableOp",
  "VarHandleOp",
  "Conv2D",
  "FusedBatchNormV3",
  "Relu",
  "AddV2",
  "MatMul",
  "BiasAdd",
  "Reshape",
]);

const mayCall = (op: string): boolean => !PLAIN.has(op);
