import type { DType } from "@servable/tensors";
import { GraphError, invalid } from "../graph-error.ts";
import type { Kernel, Outputs, RunContext, Steps } from "../kernel.ts";
import type { Variable } from "../resources.ts";
import { DEAD, dtypeName, type RefVariable, type Value } from "../value.ts";
import type { PlanNode, Ref } from "./plan-node.ts";

/** One node, ready to run: where its inputs lie, where its outputs go, and what can be dropped afterwards. */
interface Step {
  readonly node: PlanNode;
  readonly kernel: Kernel;
  readonly inputs: readonly number[];
  /** Slot of the first output. */
  readonly output: number;
  readonly outputs: number;
  /** Slots whose last reader this step is. */
  readonly free: readonly number[];
  /** Inputs of reference type that this op reads by value. */
  readonly reads: boolean;
  readonly merge: boolean;
  /** Slots that stand for control inputs, for graphs in which branches can be dead. */
  readonly controls: readonly number[];
}

/** An ordered list of kernels with its inputs, outputs and constants. Reentrant: a run has its own slots. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly slots: readonly (Value | undefined)[];
  readonly feeds: readonly { readonly slot: number; readonly dtype: DType | undefined }[];
  readonly results: readonly number[];
  readonly mayDie: boolean;
  /** Variables whose values were taken for constants, with the version that was. */
  readonly folded: readonly { readonly variable: Variable | RefVariable; readonly version: number }[];
}

/** Ops that write through a reference, so they get it undereferenced. */
const TAKES_REFERENCE = new Set([
  "Assign",
  "AssignAdd",
  "AssignSub",
  "ScatterAdd",
  "ScatterSub",
  "ScatterUpdate",
  "ScatterMul",
  "ScatterDiv",
  "ScatterMin",
  "ScatterMax",
  "ScatterNdUpdate",
  "ScatterNdAdd",
  "ScatterNdSub",
  "StridedSliceAssign",
  "IsVariableInitialized",
  "CountUpTo",
  "RefIdentity",
  "RefSwitch",
]);

/** @param order nodes in the order in which they run, feeds and constants included */
export function makePlan(
  order: readonly PlanNode[],
  feeds: readonly PlanNode[],
  feedDtypes: readonly (DType | undefined)[],
  results: readonly Ref[],
  outputsOf: (node: PlanNode) => number,
  folded: Plan["folded"],
): Plan {
  const first = new Map<PlanNode, number>();
  const slots: (Value | undefined)[] = [];
  const reserve = (node: PlanNode): number => {
    const known = first.get(node);
    if (known !== undefined) return known;
    const slot = slots.length;
    first.set(node, slot);
    // One slot at least, so that a node without outputs has a place to be dead in.
    for (let i = Math.max(1, outputsOf(node)); i > 0; i--) slots.push(undefined);
    return slot;
  };
  for (const node of [...feeds, ...order]) {
    const slot = reserve(node);
    if (node.constant) for (const [i, constant] of node.constant.entries()) slots[slot + i] = constant;
  }
  const slotOf = (ref: Ref): number => {
    const slot = first.get(ref.node)!;
    if (ref.index > 0 && ref.index >= outputsOf(ref.node)) {
      throw invalid(`Node '${ref.node.name}': output ${ref.index} does not exist`);
    }
    return slot + ref.index;
  };
  const running = order.filter((node) => node.constant === undefined && node.feed < 0);
  const mayDie = running.some(
    (node) => node.op === "Switch" || node.op === "RefSwitch" || node.op === "_SwitchN",
  );
  const kept = new Set<number>(results.map(slotOf));
  for (const node of order) {
    if (node.constant) for (let i = 0; i < node.constant.length; i++) kept.add(first.get(node)! + i);
  }
  const lastReader = new Map<number, PlanNode>();
  for (const node of running) {
    for (let i = 0; i < outputsOf(node); i++) lastReader.set(first.get(node)! + i, node);
    for (const ref of node.inputs) lastReader.set(slotOf(ref), node);
  }
  const freed = new Map<PlanNode, number[]>();
  for (const [slot, node] of lastReader) {
    if (kept.has(slot) || mayDie) continue;
    const list = freed.get(node);
    if (list) list.push(slot);
    else freed.set(node, [slot]);
  }
  return {
    steps: running.map((node) => ({
      node,
      kernel: node.kernel!,
      inputs: node.inputs.map(slotOf),
      output: first.get(node)!,
      outputs: Math.max(1, outputsOf(node)),
      free: freed.get(node) ?? [],
      reads: !TAKES_REFERENCE.has(node.op),
      merge: node.op === "Merge" || node.op === "RefMerge",
      controls: mayDie ? node.controls.map((control) => first.get(control)!) : [],
    })),
    slots,
    feeds: feeds.map((node, i) => ({ slot: first.get(node)!, dtype: feedDtypes[i] })),
    results: results.map(slotOf),
    mayDie,
    folded,
  };
}

/** Tail that TensorFlow adds to the message of a failing kernel. */
export function nodeTail(node: PlanNode): string {
  const fn = node.functionName === undefined ? "" : `{{function_node ${node.functionName}}}`;
  return `\n\t [[${fn}{{node ${node.name}}}]]`;
}

/** Ops whose operands TensorFlow's graph optimiser sorts by name before it runs them. */
const COMMUTATIVE = new Set([
  "Add",
  "AddV2",
  "Mul",
  "Maximum",
  "Minimum",
  "Equal",
  "NotEqual",
  "LogicalAnd",
  "LogicalOr",
]);

/** The message with the operands in the order in which the server sees them. */
function canonical(message: string, node: PlanNode): string {
  const [a, b] = node.inputs;
  if (!COMMUTATIVE.has(node.op) || !a || !b || a.node.path <= b.node.path) return message;
  return message.replace(
    /^Incompatible shapes: (\[[\d,]*\]) vs\. (\[[\d,]*\])$/,
    "Incompatible shapes: $2 vs. $1",
  );
}

/** Makes whatever a kernel threw into a GraphError that names the node. */
export function atNode(error: unknown, node: PlanNode): GraphError {
  if (error instanceof GraphError) {
    if (error.node !== undefined) return error;
    // What TensorFlow would do and this runtime does not has to be told from TensorFlow's own UNIMPLEMENTED.
    const ours = error.unsupported.length > 0 && !error.message.includes("embedded runtime");
    const said = ours ? `the embedded runtime does not run this: ${error.message}` : error.message;
    return new GraphError(error.code, canonical(said, node) + nodeTail(node), {
      node: node.name,
      unsupported: error.unsupported,
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  const exhausted = error instanceof RangeError;
  return new GraphError(
    exhausted ? "RESOURCE_EXHAUSTED" : "INTERNAL",
    `${node.op} failed: ${text}${nodeTail(node)}`,
    { node: node.name },
  );
}

function dereference(inputs: Value[], node: PlanNode): void {
  for (let i = 0; i < inputs.length; i++) {
    const ref = inputs[i]!.ref;
    if (!ref) continue;
    if (!ref.value) {
      throw new GraphError(
        "FAILED_PRECONDITION",
        `Attempting to use uninitialized value ${ref.name}${nodeTail(node)}`,
        {
          node: node.name,
        },
      );
    }
    inputs[i] = ref.value;
  }
}

/** Runs to its end without letting anybody else run. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Runs, and gives the event loop its turn where the computation says so. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

const isSteps = (made: Outputs | Steps<Outputs>): made is Steps<Outputs> =>
  typeof (made as Steps<Outputs>).next === "function";

/**
 * Runs a plan once.
 * @throws GraphError
 */
export function* runPlan(
  plan: Plan,
  feeds: readonly Value[],
  run: RunContext,
  mayResultDie = false,
): Steps<Value[]> {
  const slots = plan.slots.slice();
  for (let i = 0; i < plan.feeds.length; i++) {
    const { slot, dtype } = plan.feeds[i]!;
    const fed = feeds[i]!;
    if (dtype !== undefined && fed.dtype !== dtype) {
      throw invalid(`Expects arg[${i}] to be ${dtypeName(dtype)} but ${dtypeName(fed.dtype)} is provided`);
    }
    slots[slot] = fed;
  }
  for (const step of plan.steps) {
    if (run.pause()) yield;
    const inputs = new Array<Value>(step.inputs.length);
    for (let i = 0; i < inputs.length; i++) inputs[i] = slots[step.inputs[i]!]!;
    if (plan.mayDie && isDead(step, inputs, slots)) {
      for (let i = 0; i < step.outputs; i++) slots[step.output + i] = DEAD;
      continue;
    }
    if (step.reads) dereference(inputs, step.node);
    let outputs: Outputs;
    try {
      const made = step.kernel(inputs, run);
      outputs = isSteps(made) ? yield* made : made;
    } catch (error) {
      throw atNode(error, step.node);
    }
    if (Array.isArray(outputs)) {
      const many = outputs as readonly Value[];
      for (let i = 0; i < many.length; i++) slots[step.output + i] = many[i];
      if (many.length === 0) slots[step.output] = undefined;
    } else slots[step.output] = outputs as Value;
    for (const slot of step.free) slots[slot] = undefined;
  }
  return plan.results.map((slot) => {
    let result = slots[slot];
    if (result?.ref) result = result.ref.value;
    if (result === DEAD && mayResultDie) return DEAD;
    if (!result || result === DEAD) throw invalid("Retval[0] does not have value");
    return result;
  });
}

function isDead(step: Step, inputs: readonly Value[], slots: readonly (Value | undefined)[]): boolean {
  for (const control of step.controls) if (slots[control] === DEAD) return true;
  if (step.merge) return inputs.every((input) => input === DEAD);
  return inputs.includes(DEAD);
}
