import type { DType } from "@servable/tensors";
import type { UnsupportedOp } from "../api.ts";
import { Attributes } from "../graph/attributes.ts";
import type { GraphDef, NodeDef } from "../graph/graph-def.ts";
import { outputCount, outputDtype, parseTensorName } from "../graph/node-outputs.ts";
import { opDef } from "../graph/op-table.ts";
import { GraphError } from "../graph-error.ts";
import type { CallFunction, KernelFactory, KernelNode, RunContext } from "../kernel.ts";
import { kernelOf } from "../kernels/registry.ts";
import type { Variable } from "../resources.ts";
import type { RefVariable, ResourceHandle, Value } from "../value.ts";
import { fuse } from "./fuse.ts";
import { foldLoops } from "./loops.ts";
import { atNode, makePlan, type Plan, runPlan } from "./plan.ts";
import { functionMissing, PlanGraph } from "./plan-graph.ts";
import type { PlanNode, Ref } from "./plan-node.ts";
import { topologicalOrder } from "./topological-order.ts";

const noAttributes: NodeDef = {
  name: "",
  op: "",
  inputs: [],
  device: "",
  attrs: new Attributes("", () => new Map()),
};

/** Ops that must run each time, though the op table does not call them stateful. */
const NEVER_FOLDED = new Set([
  "Placeholder",
  "PlaceholderV2",
  "PlaceholderWithDefault",
  "_Feed",
  "Switch",
  "RefSwitch",
  "Merge",
  "RefMerge",
  "Enter",
  "Exit",
  "NextIteration",
  "LoopCond",
]);
/** Ops that are stateful by the op table, yet give the same handle each time. */
const HANDLES = new Set([
  "VarHandleOp",
  "HashTableV2",
  "MutableHashTableV2",
  "MutableDenseHashTableV2",
  "VariableV2",
  "Variable",
]);
const WRITES_VARIABLES =
  /^(Assign|Scatter(?!Nd$)|ResourceScatter|ResourceStridedSliceAssign|StridedSliceAssign|RngReadAndSkip|DestroyResource|ResourceApply|Apply|CountUpTo|ResourceCountUpTo|Restore)/;
const MAX_FOLDED_BYTES = 256 * 1024 * 1024;
const MAX_RUN_DEPTH = 64;

function byteLength(of: Value): number {
  const data = of.data as { byteLength?: number; length: number };
  return data.byteLength ?? data.length * 16;
}

/** Compiles signatures and functions of one graph into plans. */
export class Compiler {
  readonly graph: GraphDef;
  readonly #context: RunContext;
  readonly #xla: boolean;
  readonly #functions = new Map<string, Plan>();

  /** @param xla whether functions marked for XLA may run */
  constructor(graph: GraphDef, context: RunContext, xla: boolean) {
    this.graph = graph;
    this.#xla = xla;
    this.#context = context;
  }

  /**
   * Plan from feeds to fetches (and nodes that only have to run).
   * @throws GraphError as a session does; UNIMPLEMENTED naming every op that this runtime lacks
   */
  compile(
    feeds: readonly string[],
    fetches: readonly string[],
    targets: readonly string[],
    foldVariables: boolean,
  ): Plan {
    return guarded(() => {
      const graph = new PlanGraph(this.graph, noAttributes);
      graph.xla = this.#xla;
      const fed = feeds.map((name, i) => graph.feedTensor(name, i));
      const dtypes = feeds.map((name) => this.#feedDtype(name));
      const results = fetches.map((name) => graph.fetch(name));
      const required = targets.map((name) => graph.target(name));
      return this.#finish(graph, fed, dtypes, results, required, foldVariables);
    });
  }

  /** Nodes that a plan would need but whose ops have no kernel here. */
  unsupported(fetches: readonly string[]): UnsupportedOp[] {
    return guarded(() => {
      const graph = new PlanGraph(this.graph, noAttributes);
      const results = fetches.map((name) => graph.fetch(name));
      graph.complete();
      const order = topologicalOrder([...results.map((ref) => ref.node), ...graph.effects], isBackEdge);
      const found = new Map<string, UnsupportedOp>();
      this.#collectUnsupported(order, found, new Set());
      return [...found.values()];
    });
  }

  #collectUnsupported(
    order: readonly PlanNode[],
    found: Map<string, UnsupportedOp>,
    seen: Set<string>,
  ): void {
    for (const node of order) {
      if (node.feed >= 0 || node.op === "Placeholder") continue;
      const factory = kernelOf(node.op);
      if (!factory) {
        if (!found.has(node.op)) {
          const reason = opDef(node.op)
            ? "this runtime has no kernel for it"
            : "TensorFlow registers no such op";
          found.set(node.op, { op: node.op, node: node.name, reason });
        }
      } else {
        try {
          factory(this.#kernelNode(node));
        } catch (error) {
          if (error instanceof GraphError && error.code === "UNIMPLEMENTED" && !found.has(node.op)) {
            found.set(node.op, { op: node.op, node: node.name, reason: error.message });
          }
        }
      }
      for (const name of functionsOf(node)) {
        if (seen.has(name) || !this.graph.functionBytes.has(name)) continue;
        seen.add(name);
        const body = new PlanGraph(this.graph, noAttributes, name);
        const args = this.graph.function(name)!.args;
        args.forEach((_, i) => {
          body.feedArgument(i);
        });
        const results = body.results();
        body.complete();
        this.#collectUnsupported(
          topologicalOrder([...results.map((ref) => ref.node), ...body.effects], isBackEdge),
          found,
          seen,
        );
      }
    }
  }

  #feedDtype(text: string): DType | undefined {
    const { name, index } = parseTensorName(text);
    const node = this.graph.byName.get(name);
    return node && outputDtype(node, index);
  }

  #callable(name: string): CallFunction {
    if (!this.graph.functionBytes.has(name)) throw functionMissing(name);
    return (args, run) => {
      if (run.depth >= MAX_RUN_DEPTH) {
        throw new GraphError(
          "RESOURCE_EXHAUSTED",
          `functions call one another more than ${MAX_RUN_DEPTH} deep, at ${name}`,
        );
      }
      let plan = this.#functions.get(name);
      if (!plan) {
        plan = guarded(() => this.#compileFunction(name));
        this.#functions.set(name, plan);
      }
      return runPlan(plan, args, { ...run, depth: run.depth + 1 });
    };
  }

  #compileFunction(name: string): Plan {
    const graph = new PlanGraph(this.graph, noAttributes, name);
    graph.xla = this.#xla;
    const args = this.graph.function(name)!.args;
    const feeds = args.map((_, i) => graph.feedArgument(i));
    return this.#finish(
      graph,
      feeds,
      feeds.map(() => undefined),
      graph.results(),
      [],
      false,
    );
  }

  #kernelNode(node: PlanNode): KernelNode {
    return {
      name: node.name,
      op: node.op,
      def: node.def,
      attrs: node.def.attrs,
      inputCount: node.inputs.length,
      constant: (input) => {
        const ref = node.inputs[input];
        const constant = ref?.node.constant?.[ref.index];
        return constant?.ref ? constant.ref.value : constant;
      },
      callable: (name) => this.#callable(name),
      functionDef: (name) => this.graph.function(name),
    };
  }

  #outputs = (node: PlanNode): number => {
    if (node.feed >= 0) return 1;
    return node.outputs ?? outputCount(node.def, this.graph) ?? 1;
  };

  #finish(
    graph: PlanGraph,
    feeds: readonly PlanNode[],
    dtypes: readonly (DType | undefined)[],
    results: Ref[],
    required: readonly PlanNode[],
    foldVariables: boolean,
  ): Plan {
    graph.complete();
    const roots = (): PlanNode[] => [...results.map((ref) => ref.node), ...required, ...graph.effects];
    let order = topologicalOrder(roots(), isBackEdge);
    this.#checkKernels(order);
    const writes = order.some((node) => WRITES_VARIABLES.test(node.op) || this.#anyWrites(functionsOf(node)));
    const mayDie = order.some((node) => node.op === "Switch" || node.op === "RefSwitch");
    const folded: { variable: Variable | RefVariable; version: number }[] = [];
    const fold = (nodes: readonly PlanNode[]): void => {
      for (const node of nodes) this.#makeKernel(node, foldVariables && !writes, mayDie, folded);
    };
    fold(order);
    fuse(order, results, new Set([...required, ...graph.effects]), (name, inputs, kernel, functionName) => {
      const node = graph.add(name, "_Fused", inputs, -1, functionName);
      node.kernel = kernel;
      return node;
    });
    foldLoops(
      topologicalOrder(roots(), isBackEdge),
      results,
      this.#outputs,
      (name, op, inputs, feed, functionName) => {
        return graph.add(name, op, inputs, feed, functionName);
      },
    );
    order = topologicalOrder(roots(), isBackEdge);
    return makePlan(order, feeds, dtypes, results, this.#outputs, folded);
  }

  /** Whether one of these functions, or one that they call, may assign a variable. */
  #anyWrites(names: readonly string[]): boolean {
    const seen = new Set<string>();
    const pending = [...names];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const def of this.graph.function(name)?.nodes.values() ?? []) {
        if (WRITES_VARIABLES.test(def.op)) return true;
        if (this.graph.functionBytes.has(def.op)) pending.push(def.op);
        pending.push(...functionNames(def));
      }
    }
    return false;
  }

  #checkKernels(order: readonly PlanNode[]): void {
    const missing = new Map<string, UnsupportedOp>();
    this.#collectUnsupported(
      order.filter((node) => !kernelOf(node.op) || functionsOf(node).length > 0),
      missing,
      new Set(),
    );
    if (missing.size === 0) return;
    const list = [...missing.values()];
    throw new GraphError(
      "UNIMPLEMENTED",
      `this model needs ${list.length === 1 ? "an op" : "ops"} that the embedded runtime does not run: ${list
        .map(({ op, node }) => `${op} (node '${node}')`)
        .join(", ")}`,
      { node: list[0]!.node, unsupported: list.map(({ op }) => op) },
    );
  }

  #makeKernel(
    node: PlanNode,
    foldVariables: boolean,
    mayDie: boolean,
    folded: { variable: Variable | RefVariable; version: number }[],
  ): void {
    if (node.feed >= 0 || node.constant || node.kernel) return;
    const factory = kernelOf(node.op) as KernelFactory;
    try {
      node.kernel = factory(this.#kernelNode(node));
    } catch (error) {
      throw atNode(error, node);
    }
    if (NEVER_FOLDED.has(node.op)) return;
    // With dead branches, what hangs on a control input may have to die with it.
    if (mayDie && node.controls.length > 0) return;
    const inputs: Value[] = [];
    for (const ref of node.inputs) {
      const constant = ref.node.constant?.[ref.index];
      if (!constant) return;
      inputs.push(constant);
    }
    const stateful = opDef(node.op)?.s === 1;
    const reading = node.op === "ReadVariableOp" || inputs.some((input) => input.ref);
    if (stateful && !HANDLES.has(node.op) && !(node.op === "ReadVariableOp" && foldVariables)) return;
    if (reading && !foldVariables) return;
    if (node.op === "VariableV2" && !foldVariables) return;
    try {
      if (node.op === "ReadVariableOp") {
        const handle = (inputs[0]!.data as readonly ResourceHandle[])[0]!;
        const variable = this.#context.resources.variable(handle);
        if (!variable.value) return;
        folded.push({ variable, version: variable.version });
      }
      for (const [i, input] of inputs.entries()) {
        if (!input.ref) continue;
        if (!input.ref.value) return;
        folded.push({ variable: input.ref, version: input.ref.version });
        inputs[i] = input.ref.value;
      }
      const made = node.kernel(inputs, this.#context);
      // A computation in steps is a loop or a call: it may never end, so it is not taken for a constant.
      if ("next" in made) return;
      const outputs = Array.isArray(made) ? (made as readonly Value[]) : [made as Value];
      let size = 0;
      for (const output of outputs) size += byteLength(output);
      if (outputs.length > 0 && size <= MAX_FOLDED_BYTES) node.constant = outputs;
    } catch {
      // Left to fail when it runs, if it ever does: a branch not taken must not stop the others.
    }
  }
}

/** A loop's way back, which is no circle. */
function isBackEdge(consumer: PlanNode, producer: PlanNode): boolean {
  return producer.op === "NextIteration" && consumer.op === "Merge";
}

/** Functions that a node calls while it runs; calls that were inlined are gone by then. */
function functionsOf(node: PlanNode): string[] {
  return node.feed >= 0 || node.op.startsWith("_") ? [] : functionNames(node.def);
}

function functionNames(def: NodeDef): string[] {
  const names: string[] = [];
  for (const attr of FUNCTION_ATTRS.get(def.op) ?? []) {
    if (attr === "branches") names.push(...def.attrs.funcs(attr));
    else names.push(def.attrs.func(attr));
  }
  return names;
}

const FUNCTION_ATTRS: ReadonlyMap<string, readonly string[]> = new Map([
  ["PartitionedCall", ["f"]],
  ["StatefulPartitionedCall", ["f"]],
  ["If", ["then_branch", "else_branch"]],
  ["StatelessIf", ["then_branch", "else_branch"]],
  ["While", ["cond", "body"]],
  ["StatelessWhile", ["cond", "body"]],
  ["Case", ["branches"]],
  ["StatelessCase", ["branches"]],
  ["BatchFunction", ["f"]],
  ["MapDefun", ["f"]],
]);

/** The interpreter follows depth with loops; what still recurses is bounded by the stack, which must not end the process. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new GraphError("RESOURCE_EXHAUSTED", `the graph is nested too deeply: ${error.message}`);
    }
    throw error;
  }
}
