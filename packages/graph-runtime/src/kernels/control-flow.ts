import { GraphError, invalid } from "../graph-error.ts";
import type { CallFunction, KernelFactory, KernelTable, RunContext, Steps } from "../kernel.ts";
import { DEAD, integers, product, scalarInt, type Value } from "../value.ts";
import { concat } from "./join-split.ts";
import { strided, stridesOf } from "./strided.ts";

/** Whether a value counts as true: numbers but zero, strings but the empty one, tensors with elements. */
function truth(of: Value): boolean {
  if (of.shape.length > 0) return product(of.shape) > 0;
  const item = (of.data as ArrayLike<unknown>)[0];
  if (item instanceof Uint8Array) return item.length > 0;
  return Boolean(item);
}

const conditional: KernelFactory = (node) => {
  const yes = node.callable(node.attrs.func("then_branch"));
  const no = node.callable(node.attrs.func("else_branch"));
  return ([condition, ...args], run) => (truth(condition!) ? yes : no)(args, run);
};

const choice: KernelFactory = (node) => {
  const branches = node.attrs.funcs("branches").map((name) => node.callable(name));
  return ([index, ...args], run) => {
    const at = scalarInt(index!);
    // An index outside means the last branch.
    const branch = branches[at < 0 || at >= branches.length ? branches.length - 1 : at];
    if (!branch) throw invalid("Case needs at least one branch");
    return branch(args, run);
  };
};

const loop: KernelFactory = (node) => {
  const condition = node.callable(node.attrs.func("cond"));
  const body = node.callable(node.attrs.func("body"));
  const most = node.attrs.has("maximum_iterations") ? node.attrs.int("maximum_iterations") : -1;
  return function* (args, run) {
    let current: readonly Value[] = args;
    for (let i = 0; most < 0 || i < most; i++) {
      const go = (yield* condition(current, run))[0];
      if (!go || !truth(go)) break;
      const next = yield* body(current, run);
      if (next.length !== args.length) {
        throw invalid(`While body returned ${next.length} values for ${args.length} loop variables`);
      }
      current = next;
    }
    return current;
  };
};

/** Runs a function on the batch as one task of the in-graph batcher: checks its size, pads it to an allowed one. */
function batchFunction(
  call: CallFunction,
  inArgs: number,
  most: number,
  allowed: readonly number[],
  largeSplit: boolean,
): (inputs: readonly Value[], run: RunContext) => Steps<Value[]> {
  return function* (inputs, run) {
    const batched = inputs.slice(0, inArgs);
    const captured = inputs.slice(inArgs);
    let size = -1;
    for (const input of batched) {
      if (input.shape.length === 0) throw invalid("Batching input tensors must have at least one dimension");
      const rows = input.shape[0]!;
      if (size >= 0 && rows !== size) {
        throw invalid(
          "Batching input tensors supplied in a given op invocation must have equal 0th-dimension size",
        );
      }
      size = rows;
    }
    if (size > most) {
      throw invalid(`Task size ${size} is larger than maximum input batch size ${most}`);
    }
    const largest = largeSplit && allowed.length > 0 ? allowed[allowed.length - 1]! : most;
    if (size > largest) {
      const parts: Value[][] = [];
      for (let from = 0; from < size; from += largest) {
        const rows = Math.min(largest, size - from);
        const rest = [...batched.map((x) => rowsOf(x, from, rows)), ...captured];
        parts.push(yield* batchFunction(call, inArgs, most, allowed, false)(rest, run));
      }
      return parts[0]!.map((_, i) =>
        concat(
          parts.map((part) => part[i]!),
          0,
        ),
      );
    }
    const padded = allowed.find((n) => n >= size) ?? size;
    const padding = padded - size;
    const args =
      padding === 0 || size === 0
        ? batched
        : batched.map((x) => concat([x, ...new Array<Value>(padding).fill(rowsOf(x, 0, 1))], 0));
    const outputs = yield* call([...args, ...captured], run);
    return outputs.map((output) => {
      if (output.shape.length === 0)
        throw new GraphError("FAILED_PRECONDITION", "Batched output tensor has 0 dimensions");
      if (output.shape[0] !== padded && size > 0) {
        throw new GraphError(
          "FAILED_PRECONDITION",
          "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
        );
      }
      return padding === 0 ? output : rowsOf(output, 0, size);
    });
  };
}

function rowsOf(x: Value, from: number, count: number): Value {
  const strides = stridesOf(x.shape);
  return strided(x, [count, ...x.shape.slice(1)], strides, from * strides[0]!);
}

const loopPart: KernelFactory = (node) => () => {
  throw invalid(`${node.op} stands outside of a loop`);
};

/** Conditionals and loops, and the older way of letting values die on the branch that is not taken. */
export const controlFlowKernels: KernelTable = {
  If: conditional,
  StatelessIf: conditional,
  Case: choice,
  StatelessCase: choice,
  While: loop,
  StatelessWhile: loop,
  PartitionedCall: (node) => node.callable(node.attrs.func("f")),
  StatefulPartitionedCall: (node) => node.callable(node.attrs.func("f")),
  BatchFunction: (node) =>
    batchFunction(
      node.callable(node.attrs.func("f")),
      node.attrs.dtypes("Tin").length,
      node.attrs.int("max_batch_size"),
      node.attrs.ints("allowed_batch_sizes"),
      node.attrs.bool("enable_large_batch_splitting"),
    ),
  Switch:
    () =>
    ([data, predicate]) =>
      (predicate!.data as Uint8Array)[0] ? [DEAD, data!] : [data!, DEAD],
  RefSwitch:
    () =>
    ([data, predicate]) =>
      (predicate!.data as Uint8Array)[0] ? [DEAD, data!] : [data!, DEAD],
  // Loops of TensorFlow 1 are made into one node each before anything runs (plan/loops.ts).
  Enter: loopPart,
  RefEnter: loopPart,
  Exit: loopPart,
  RefExit: loopPart,
  NextIteration: loopPart,
  RefNextIteration: loopPart,
  Merge: () => (inputs) => {
    const at = inputs.findIndex((input) => input !== DEAD);
    if (at < 0) throw invalid("Merge has no live input");
    return [inputs[at]!, integers("DT_INT32", [], [at])];
  },
};
