import { invalid } from "../graph-error.ts";
import type { KernelTable } from "../kernel.ts";
import { allocate, integers, ints, lanesOf, product, scalarInt, shapeText, type Value } from "../value.ts";
import { copyRun } from "./gather.ts";
import { axisOf, strided, stridesOf, withShape } from "./strided.ts";

export function concat(inputs: readonly Value[], axisGiven: number): Value {
  const first = inputs[0]!;
  const rank = first.shape.length;
  if (rank === 0)
    throw invalid("ConcatOp : Expected concatenating dimensions in the range [0, 0), but got 0");
  const axis = axisGiven < 0 ? axisGiven + rank : axisGiven;
  if (axis < 0 || axis >= rank) {
    throw invalid(
      `ConcatOp : Expected concatenating dimensions in the range [${-rank}, ${rank}), but got ${axisGiven}`,
    );
  }
  let total = 0;
  for (const [i, input] of inputs.entries()) {
    if (input.shape.length !== rank) {
      throw invalid(
        `ConcatOp : Ranks of all input tensors should match: shape[0] = ${shapeText(first.shape)} vs. shape[${i}] = ${shapeText(input.shape)}`,
      );
    }
    for (let d = 0; d < rank; d++) {
      if (d !== axis && input.shape[d] !== first.shape[d]) {
        throw invalid(
          `ConcatOp : Dimension ${d} in both shapes must be equal: shape[0] = ${shapeText(first.shape)} vs. shape[${i}] = ${shapeText(input.shape)}`,
        );
      }
    }
    total += input.shape[axis]!;
  }
  const shape = first.shape.map((size, d) => (d === axis ? total : size));
  const data = allocate(first.dtype, shape);
  const lanes = lanesOf(first.dtype);
  const outer = product(shape, 0, axis);
  const width = product(shape, axis) * lanes;
  let offset = 0;
  for (const input of inputs) {
    const run = product(input.shape, axis) * lanes;
    for (let o = 0; o < outer; o++) copyRun(data, o * width + offset, input.data, o * run, run);
    offset += run;
  }
  return { dtype: first.dtype, shape, data };
}

function splitBy(of: Value, axisGiven: number, sizes: readonly number[]): Value[] {
  const axis = axisOf(axisGiven, of.shape.length, "split_dim");
  const strides = stridesOf(of.shape);
  let start = 0;
  return sizes.map((size) => {
    const shape = of.shape.map((n, d) => (d === axis ? size : n));
    const piece = size === of.shape[axis] ? of : strided(of, shape, strides, start * strides[axis]!);
    start += size;
    return piece;
  });
}

function pack(inputs: readonly Value[], axisGiven: number): Value {
  const first = inputs[0]!;
  for (const [i, input] of inputs.entries()) {
    if (input.shape.length !== first.shape.length || input.shape.some((n, d) => n !== first.shape[d])) {
      throw invalid(
        `Shapes of all inputs must match: values[0].shape = ${shapeText(first.shape)} != values[${i}].shape = ${shapeText(input.shape)}`,
      );
    }
  }
  const rank = first.shape.length;
  const axis = axisGiven < 0 ? axisGiven + rank + 1 : axisGiven;
  if (axis < 0 || axis > rank) throw invalid(`axis = ${axisGiven} not in [${-(rank + 1)}, ${rank + 1})`);
  const expanded = inputs.map((input) =>
    withShape(input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]),
  );
  return concat(expanded, axis);
}

export const joinSplitKernels: KernelTable = {
  ConcatV2: () => (inputs) => concat(inputs.slice(0, -1), scalarInt(inputs[inputs.length - 1]!)),
  Concat: () => (inputs) => concat(inputs.slice(1), scalarInt(inputs[0]!)),
  ConcatOffset: () => (inputs) => {
    const axis = scalarInt(inputs[0]!);
    let offset = 0;
    return inputs.slice(1).map((shape) => {
      const sizes = ints(shape);
      const at = sizes.map((_, d) => (d === (axis < 0 ? axis + sizes.length : axis) ? offset : 0));
      offset += sizes[axis < 0 ? axis + sizes.length : axis]!;
      return integers(shape.dtype, [sizes.length], at);
    });
  },
  Split: (node) => {
    const count = node.attrs.int("num_split");
    return ([axis, x]) => {
      const at = axisOf(scalarInt(axis!), x!.shape.length, "split_dim");
      const n = x!.shape[at]!;
      if (n % count !== 0) {
        throw invalid(
          `Number of ways to split should evenly divide the split dimension, but got split_dim ${at} (size = ${n}) and num_split ${count}`,
        );
      }
      return splitBy(x!, at, new Array<number>(count).fill(n / count));
    };
  },
  SplitV:
    () =>
    ([x, sizes, axis]) => {
      const at = axisOf(scalarInt(axis!), x!.shape.length, "split_dim");
      const wanted = ints(sizes!);
      const known = wanted.reduce((sum, n) => sum + Math.max(0, n), 0);
      const n = x!.shape[at]!;
      const full = wanted.map((size) => (size === -1 ? n - known : size));
      if (full.some((size) => size < 0) || full.reduce((sum, size) => sum + size, 0) !== n) {
        throw invalid(
          `Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the size of the input along split_dim if not fully specified.  Got: ${known}`,
        );
      }
      return splitBy(x!, at, full);
    },
  Pack: (node) => {
    const axis = node.attrs.int("axis");
    return (inputs) => pack(inputs, axis);
  },
  ParallelConcat: () => (inputs) => concat(inputs, 0),
  Unpack: (node) => {
    const axis = node.attrs.int("axis");
    const count = node.attrs.int("num");
    return ([x]) => {
      const at = axisOf(axis, x!.shape.length);
      if (x!.shape[at] !== count)
        throw invalid(`Input shape axis ${at} must equal ${count}, got shape ${shapeText(x!.shape)}`);
      const shape = x!.shape.filter((_, d) => d !== at);
      return splitBy(x!, at, new Array<number>(count).fill(1)).map((piece) => withShape(piece, shape));
    };
  },
};
