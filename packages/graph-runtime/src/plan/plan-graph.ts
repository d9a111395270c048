import type { FunctionDef, GraphDef, NodeDef } from "../graph/graph-def.ts";
import {
  argumentSize,
  calledFunction,
  INLINED,
  outputCount,
  parseTensorName,
} from "../graph/node-outputs.ts";
import { opDef } from "../graph/op-table.ts";
import { GraphError, invalid } from "../graph-error.ts";
import type { PlanNode, Ref } from "./plan-node.ts";

/** A graph or an inlined function body: where names are looked up. */
interface Scope {
  readonly depth: number;
  /** Names of the calls that lead here, each with a slash behind it. */
  readonly path: string;
  readonly parent: Scope | undefined;
  readonly call: NodeDef | undefined;
  readonly fn: FunctionDef | undefined;
  readonly argIndex: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, NodeDef>;
  readonly made: Map<string, PlanNode>;
  readonly children: Map<string, Scope>;
  /** Runs before every node of the scope that has no data input; made if the call has control inputs. */
  enter: PlanNode | undefined;
  /** Runs after everything that the call has to do. */
  exit: PlanNode | undefined;
}

const MAX_CALL_DEPTH = 100;
const MAX_NODES = 500_000;
const MAX_FORWARDS = 10_000;

/**
 * Collects, from what is fetched, the nodes that have to run, with calls replaced by the bodies of their functions.
 * Nothing here recurses over the graph, so that its depth can't exhaust the stack.
 */
export class PlanGraph {
  readonly graph: GraphDef;
  readonly nodes: PlanNode[] = [];
  readonly #pending: { node: PlanNode; scope: Scope }[] = [];
  readonly #feeds = new Map<string, PlanNode>();
  readonly #root: Scope;
  readonly #pseudo: NodeDef;
  /** Nodes that have to run though nobody reads them: effects of called functions. */
  readonly effects: PlanNode[] = [];
  /** Whether calls that XLA must compile may be inlined. */
  xla = true;

  /** @param functionName compile this function's body instead of the graph; its arguments are the feeds */
  constructor(graph: GraphDef, pseudo: NodeDef, functionName?: string) {
    this.graph = graph;
    this.#pseudo = pseudo;
    if (functionName === undefined) {
      this.#root = this.#scope(undefined, undefined, undefined, graph.byName);
    } else {
      const fn = graph.function(functionName);
      if (!fn) throw functionMissing(functionName);
      this.#root = this.#scope(undefined, undefined, fn, fn.nodes);
    }
  }

  #scope(
    parent: Scope | undefined,
    call: NodeDef | undefined,
    fn: FunctionDef | undefined,
    nodes: ReadonlyMap<string, NodeDef>,
  ): Scope {
    return {
      depth: parent ? parent.depth + 1 : 0,
      path: parent && call ? `${parent.path}${call.name}/` : "",
      parent,
      call,
      fn,
      argIndex: new Map(fn?.args.map((name, index) => [name, index])),
      nodes,
      made: new Map(),
      children: new Map(),
      enter: undefined,
      exit: undefined,
    };
  }

  /** Adds a node of our own making. */
  add(name: string, op: string, inputs: Ref[], feed = -1, functionName?: string): PlanNode {
    if (this.nodes.length >= MAX_NODES) {
      throw new GraphError(
        "RESOURCE_EXHAUSTED",
        `the graph has more than ${MAX_NODES} nodes once its functions are inlined`,
      );
    }
    const node: PlanNode = {
      id: this.nodes.length,
      name,
      op,
      def: { ...this.#pseudo, name, op },
      functionName,
      path: name,
      inputs,
      controls: [],
      constant: undefined,
      kernel: undefined,
      feed,
    };
    this.nodes.push(node);
    return node;
  }

  /** Puts a feed in the place of a tensor of the graph. @throws GraphError (NOT_FOUND) for an unknown tensor */
  feedTensor(text: string, position: number): PlanNode {
    const { name, index } = parseTensorName(text);
    const def = this.graph.byName.get(name);
    if (!def || text === "")
      throw new GraphError("NOT_FOUND", `FeedInputs: unable to find feed output ${text}`);
    const outputs = outputCount(def, this.graph) ?? 1;
    if (index >= outputs) throw invalid(`FeedInputs: ${text} should have output index < ${outputs}`);
    const key = `${name}:${index}`;
    if (this.#feeds.has(key)) throw invalid(`Endpoint "${key}" fed more than once.`);
    const node = this.add(name, "_Feed", [], position);
    this.#feeds.set(key, node);
    return node;
  }

  /** Makes the argument of a function that is compiled on its own. */
  feedArgument(position: number): PlanNode {
    const node = this.add(this.#root.fn?.args[position] ?? `arg${position}`, "_Feed", [], position);
    this.#feeds.set(`arg ${position}`, node);
    return node;
  }

  /** The tensor of that name. @throws GraphError as a session does for a name that is not in the graph */
  fetch(text: string): Ref {
    const { name, index, control } = parseTensorName(text);
    const def = this.graph.byName.get(name);
    if (!def || control || text === "")
      throw new GraphError("NOT_FOUND", `FetchOutputs node ${text}: not found`);
    const outputs = outputCount(def, this.graph);
    if (outputs !== undefined && index >= outputs) {
      if (outputs === 0) {
        throw new GraphError(
          "OUT_OF_RANGE",
          `Node '${name}' (type: '${def.op}', num of outputs: 0) does not have output ${index}`,
        );
      }
      throw invalid(`FetchOutputs ${text}: output index too large, must be < ${outputs}`);
    }
    return this.#resolve(this.#root, text);
  }

  /** A node that has to run. @throws GraphError (NOT_FOUND) if it is not in the graph */
  target(name: string): PlanNode {
    const def = this.graph.byName.get(name);
    if (!def) throw new GraphError("NOT_FOUND", `PruneForTargets: Some target nodes not found: ${name} `);
    return this.#controlNode(this.#root, name);
  }

  /** Outputs of the function that is compiled on its own; its effects are added to `effects`. */
  results(): Ref[] {
    const fn = this.#root.fn!;
    for (const name of fn.controlRet) this.effects.push(this.#controlNode(this.#root, name));
    return fn.outputs.map((output) => this.#resolve(this.#root, this.#returned(fn, output)));
  }

  #returned(fn: FunctionDef, output: string): string {
    const tensor = fn.ret.get(output);
    if (tensor === undefined) throw invalid(`Function ${fn.name} has no value for its output ${output}`);
    return tensor;
  }

  #lookup(scope: Scope, name: string, wantedBy: string): NodeDef {
    const def = scope.nodes.get(name);
    if (!def) throw invalid(`Node '${wantedBy}': Unknown input node '${name}'`);
    return def;
  }

  /** Follows calls and arguments until a node that computes something is found. */
  #resolve(start: Scope, startInput: string, wantedBy = ""): Ref {
    let scope = start;
    let input = startInput;
    for (let forwards = 0; forwards < MAX_FORWARDS; forwards++) {
      let name: string;
      let index: number;
      let def: NodeDef;
      if (scope.fn) {
        const argument =
          scope.argIndex.get(input.endsWith(":0") ? input.slice(0, -2) : input) ?? scope.argIndex.get(input);
        if (argument !== undefined) {
          if (!scope.parent) {
            const feed = this.#feeds.get(`arg ${argument}`);
            if (!feed) throw invalid(`Function ${scope.fn.name} was called without its argument ${argument}`);
            return { node: feed, index: 0 };
          }
          const passed = scope.call!.inputs[argument];
          if (passed === undefined || passed.startsWith("^")) {
            throw invalid(`Function ${scope.fn.name} was called without its argument ${argument}`);
          }
          wantedBy = scope.call!.name;
          input = passed;
          scope = scope.parent;
          continue;
        }
        const first = input.indexOf(":");
        const last = input.lastIndexOf(":");
        name = first < 0 ? input : input.slice(0, first);
        def = this.#lookup(scope, name, wantedBy);
        if (first < 0) index = 0;
        else if (first === last) index = this.#outputIndex(def, input.slice(first + 1), 0);
        else index = this.#outputIndex(def, input.slice(first + 1, last), Number(input.slice(last + 1)));
      } else {
        const parsed = parseTensorName(input);
        const feed = this.#feeds.get(`${parsed.name}:${parsed.index}`);
        if (feed) return { node: feed, index: 0 };
        name = parsed.name;
        index = parsed.index;
        def = this.#lookup(scope, name, wantedBy);
      }
      const called = calledFunction(def, this.graph);
      if (called === undefined) return { node: this.#node(scope, def), index };
      const child = this.#child(scope, def, called);
      const output = child.fn!.outputs[index];
      if (output === undefined)
        throw invalid(`Node '${wantedBy}': output ${index} of '${name}' does not exist`);
      input = this.#returned(child.fn!, output);
      scope = child;
    }
    throw invalid("the graph's calls go round in a circle");
  }

  #outputIndex(def: NodeDef, output: string, offset: number): number {
    if (!(offset >= 0 && offset < 1e6))
      throw invalid(`Node '${def.name}': output ${output}:${offset} does not exist`);
    const called = calledFunction(def, this.graph);
    if (called !== undefined && !INLINED.has(def.op)) {
      const index = this.graph.function(called)?.outputs.indexOf(output) ?? -1;
      return index < 0 ? offset : index + offset;
    }
    const definition = opDef(def.op);
    if (!definition) return /^\d+$/.test(output) ? Number(output) : offset;
    let index = 0;
    for (const spec of definition.o) {
      if (spec.slice(0, spec.indexOf(":")) === output) return index + offset;
      index += argumentSize(spec, def);
    }
    if (/^\d{1,6}$/.test(output)) return Number(output);
    throw invalid(`Node '${def.name}': op ${def.op} has no output '${output}'`);
  }

  #child(scope: Scope, call: NodeDef, functionName: string): Scope {
    const known = scope.children.get(call.name);
    if (known) return known;
    const fn = this.graph.function(functionName);
    if (!fn) throw functionMissing(functionName);
    if (scope.depth >= MAX_CALL_DEPTH) {
      throw new GraphError(
        "RESOURCE_EXHAUSTED",
        `functions call one another more than ${MAX_CALL_DEPTH} deep, at ${functionName}`,
      );
    }
    if (!this.xla && call.attrs.names().includes("_XlaMustCompile") && call.attrs.bool("_XlaMustCompile")) {
      const where = scope.fn ? `{{function_node ${scope.fn.name}}}` : "";
      throw new GraphError("INTERNAL", `XLA compilation disabled\n\t [[${where}{{node ${call.name}}}]]`, {
        node: call.name,
      });
    }
    const child = this.#scope(scope, call, fn, fn.nodes);
    scope.children.set(call.name, child);
    const controls = call.inputs.filter((input) => input.startsWith("^"));
    if (controls.length > 0 || scope.enter) {
      child.enter = this.add(call.name, "NoOp", []);
      if (scope.enter) child.enter.controls.push(scope.enter);
      for (const control of controls) child.enter.controls.push(this.#controlNode(scope, control.slice(1)));
    }
    child.exit = this.add(call.name, "NoOp", []);
    for (const name of fn.controlRet) child.exit.controls.push(this.#controlNode(child, name));
    if (fn.controlRet.length > 0) this.effects.push(child.exit);
    return child;
  }

  /** What has to have run before a node with the control input `^name` may. */
  #controlNode(scope: Scope, name: string): PlanNode {
    if (scope.argIndex.has(name)) return this.#resolve(scope, name).node;
    const def = this.#lookup(scope, name, "");
    const feed = scope.parent === undefined && !scope.fn ? this.#feeds.get(`${name}:0`) : undefined;
    if (feed) return feed;
    const called = calledFunction(def, this.graph);
    if (called === undefined) return this.#node(scope, def);
    const child = this.#child(scope, def, called);
    const exit = child.exit!;
    if (exit.controls.length === 0) {
      for (const output of child.fn!.outputs)
        exit.controls.push(this.#resolve(child, this.#returned(child.fn!, output)).node);
    }
    return exit;
  }

  #node(scope: Scope, def: NodeDef): PlanNode {
    const known = scope.made.get(def.name);
    if (known) return known;
    if (this.nodes.length >= MAX_NODES) {
      throw new GraphError(
        "RESOURCE_EXHAUSTED",
        `the graph has more than ${MAX_NODES} nodes once its functions are inlined`,
      );
    }
    const node: PlanNode = {
      id: this.nodes.length,
      name: def.name,
      op: def.op,
      def,
      functionName: scope.fn?.name,
      path: scope.path + def.name,
      inputs: [],
      controls: [],
      constant: undefined,
      kernel: undefined,
      feed: -1,
    };
    this.nodes.push(node);
    scope.made.set(def.name, node);
    this.#pending.push({ node, scope });
    return node;
  }

  /** Finds the inputs of every node found so far, and theirs. */
  complete(): void {
    for (let next = this.#pending.pop(); next; next = this.#pending.pop()) {
      const { node, scope } = next;
      for (const input of node.def.inputs) {
        if (input.startsWith("^")) node.controls.push(this.#controlNode(scope, input.slice(1)));
        else node.inputs.push(this.#resolve(scope, input, node.name));
      }
      if (scope.enter && node.inputs.length === 0) node.controls.push(scope.enter);
    }
  }
}

export function functionMissing(name: string): GraphError {
  return invalid(`Failed to find function "${name}" in function library: `);
}
