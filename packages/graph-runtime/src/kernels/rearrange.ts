import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, lanesOf, product, shapeText, type Value } from "../value.ts";
import { eachStrided } from "./broadcast.ts";
import { filled } from "./fill.ts";
import { copyRun } from "./gather.ts";
import { axisOf, strided, stridesOf, transpose, withShape } from "./strided.ts";

const pad: KernelFactory =
  () =>
  ([x, paddings, constant]) => {
    const around = ints(paddings!);
    const rank = x!.shape.length;
    if (around.length !== rank * 2) {
      throw invalid(
        `The first dimension of paddings must be the rank of inputs${shapeText(paddings!.shape)} ${shapeText(x!.shape)}`,
      );
    }
    for (const n of around) if (n < 0) throw invalid(`Paddings must be non-negative: ${around.join(" ")}`);
    const shape = x!.shape.map((n, d) => n + around[2 * d]! + around[2 * d + 1]!);
    const out = constant
      ? filled(x!.dtype, shape, constant)
      : { dtype: x!.dtype, shape, data: allocate(x!.dtype, shape) };
    const lanes = lanesOf(x!.dtype);
    if (rank === 0) return x!;
    const strides = stridesOf(shape);
    let start = 0;
    for (let d = 0; d < rank; d++) start += around[2 * d]! * strides[d]!;
    const run = x!.shape[rank - 1]!;
    if (product(x!.shape) > 0) {
      eachStrided(
        x!.shape.slice(0, -1),
        strides.slice(0, -1),
        (row, at) => copyRun(out.data, at * lanes, x!.data, row * run * lanes, run * lanes),
        start,
      );
    }
    return out;
  };

const mirrorPad: KernelFactory = (node) => {
  const offset = node.attrs.string("mode") === "SYMMETRIC" ? 0 : 1;
  return ([x, paddings]) => {
    const around = ints(paddings!);
    let current = x!;
    for (let d = 0; d < x!.shape.length; d++) {
      const n = current.shape[d]!;
      const before = around[2 * d]!;
      const after = around[2 * d + 1]!;
      if (before === 0 && after === 0) continue;
      if (before > n - offset || after > n - offset) {
        throw invalid(
          `paddings must be ${offset ? "less than" : "no greater than"} the dimension size: ${before}, ${after} not ${offset ? "less" : "greater"} than ${n}`,
        );
      }
      const indices: number[] = [];
      for (let i = before; i > 0; i--) indices.push(i - 1 + offset);
      for (let i = 0; i < n; i++) indices.push(i);
      for (let i = 0; i < after; i++) indices.push(n - 1 - offset - i);
      current = take(current, d, indices);
    }
    return current;
  };
};

/** Slices along one axis, in any order. */
export function take(of: Value, axis: number, indices: readonly number[]): Value {
  const shape = of.shape.map((n, d) => (d === axis ? indices.length : n));
  const data = allocate(of.dtype, shape);
  const inner = product(of.shape, axis + 1) * lanesOf(of.dtype);
  const outer = product(of.shape, 0, axis);
  const n = of.shape[axis]!;
  let out = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      copyRun(data, out, of.data, (o * n + index) * inner, inner);
      out += inner;
    }
  }
  return { dtype: of.dtype, shape, data };
}

function reverse(of: Value, axes: readonly number[]): Value {
  const strides = stridesOf(of.shape);
  let start = 0;
  for (const given of axes) {
    const axis = axisOf(given, of.shape.length, "'axis'");
    start += (of.shape[axis]! - 1) * strides[axis]!;
    strides[axis] = -strides[axis]!;
  }
  return axes.length === 0 ? of : strided(of, of.shape, strides, Math.max(0, start));
}

function reverseSequence(of: Value, lengths: Value, sequenceAxis: number, batchAxis: number): Value {
  const data = allocate(of.dtype, of.shape);
  const strides = stridesOf(of.shape);
  const counts = ints(lengths);
  const n = of.shape[sequenceAxis]!;
  const source = of.data as unknown as number[];
  const out = data as unknown as number[];
  const total = product(of.shape);
  for (let i = 0; i < total; i++) {
    const s = Math.floor(i / strides[sequenceAxis]!) % n;
    const length = counts[Math.floor(i / strides[batchAxis]!) % of.shape[batchAxis]!]!;
    out[i] = source[s < length ? i + (length - 1 - 2 * s) * strides[sequenceAxis]! : i]!;
  }
  return { dtype: of.dtype, shape: of.shape, data };
}

function blockOp(of: Value, block: number, depthToSpace: boolean): Value {
  const [n, h, w, c] = of.shape as [number, number, number, number];
  if (depthToSpace) {
    if (c % (block * block) !== 0)
      throw invalid(`Input depth dimension ${c} should be divisible by: ${block * block}`);
    const d = c / (block * block);
    const split = withShape(of, [n, h, w, block, block, d]);
    return withShape(transpose(split, [0, 1, 3, 2, 4, 5]), [n, h * block, w * block, d]);
  }
  if (h % block !== 0 || w % block !== 0)
    throw invalid(`Image width ${w} and height ${h} should be divisible by block_size: ${block}`);
  const split = withShape(of, [n, h / block, block, w / block, block, c]);
  return withShape(transpose(split, [0, 1, 3, 2, 4, 5]), [n, h / block, w / block, c * block * block]);
}

function spaceToBatch(x: Value, block: readonly number[], paddings: readonly number[]): Value {
  const m = block.length;
  const padded = x.shape.map((n, d) =>
    d >= 1 && d <= m ? n + paddings[2 * (d - 1)]! + paddings[2 * (d - 1) + 1]! : n,
  );
  const data = allocate(x.dtype, padded);
  const strides = stridesOf(padded);
  let start = 0;
  for (let d = 0; d < m; d++) start += paddings[2 * d]! * strides[d + 1]!;
  const rank = x.shape.length;
  const run = x.shape[rank - 1]!;
  eachStrided(
    x.shape.slice(0, -1),
    strides.slice(0, -1),
    (row, at) => copyRun(data, at, x.data, row * run, run),
    start,
  );
  const split = [padded[0]!];
  for (let d = 0; d < m; d++) {
    if (padded[d + 1]! % block[d]! !== 0)
      throw invalid(`padded_shape[${d}]=${padded[d + 1]} is not divisible by block_shape[${d}]=${block[d]}`);
    split.push(padded[d + 1]! / block[d]!, block[d]!);
  }
  split.push(...padded.slice(m + 1));
  const perm = [
    ...block.map((_, d) => 2 * d + 2),
    0,
    ...block.map((_, d) => 2 * d + 1),
    ...padded.slice(m + 1).map((_, i) => 1 + 2 * m + i),
  ];
  const moved = transpose({ dtype: x.dtype, shape: split, data }, perm);
  return withShape(moved, [
    padded[0]! * product(block),
    ...block.map((b, d) => padded[d + 1]! / b),
    ...padded.slice(m + 1),
  ]);
}

function batchToSpace(x: Value, block: readonly number[], crops: readonly number[]): Value {
  const m = block.length;
  const batch = x.shape[0]! / product(block);
  if (!Number.isInteger(batch))
    throw invalid(
      `Input batch dimension (${x.shape[0]}) is not divisible by product of block sizes (${product(block)})`,
    );
  const rest = x.shape.slice(m + 1);
  const split = [...block, batch, ...x.shape.slice(1)];
  const perm = [m, ...block.flatMap((_, d) => [m + 1 + d, d]), ...rest.map((_, i) => 2 * m + 1 + i)];
  const moved = transpose(withShape(x, split), perm);
  const whole = [batch, ...block.map((b, d) => x.shape[d + 1]! * b), ...rest];
  const shape = whole.map((n, d) =>
    d >= 1 && d <= m ? n - crops[2 * (d - 1)]! - crops[2 * (d - 1) + 1]! : n,
  );
  const strides = stridesOf(whole);
  let start = 0;
  for (let d = 0; d < m; d++) start += crops[2 * d]! * strides[d + 1]!;
  return strided(withShape(moved, whole), shape, strides, start);
}

function roll(of: Value, shifts: readonly number[], axes: readonly number[]): Value {
  let current = of;
  for (const [i, given] of axes.entries()) {
    const axis = axisOf(given, of.shape.length);
    const n = of.shape[axis]!;
    if (n === 0) continue;
    const by = ((shifts[i]! % n) + n) % n;
    if (by === 0) continue;
    current = take(
      current,
      axis,
      Array.from({ length: n }, (_, k) => (k - by + n) % n),
    );
  }
  return current;
}

export const rearrangeKernels: KernelTable = {
  Pad: pad,
  PadV2: pad,
  MirrorPad: mirrorPad,
  ReverseV2:
    () =>
    ([x, axes]) =>
      reverse(x!, ints(axes!)),
  ReverseSequence: (node) => {
    const sequence = node.attrs.int("seq_dim");
    const batch = node.attrs.int("batch_dim");
    return ([x, lengths]) => reverseSequence(x!, lengths!, sequence, batch);
  },
  Roll:
    () =>
    ([x, shift, axis]) =>
      roll(x!, ints(shift!), ints(axis!)),
  DepthToSpace: (node) => {
    const block = node.attrs.int("block_size");
    const nchw = node.attrs.string("data_format") === "NCHW";
    return ([x]) =>
      nchw
        ? transpose(blockOp(transpose(x!, [0, 2, 3, 1]), block, true), [0, 3, 1, 2])
        : blockOp(x!, block, true);
  },
  SpaceToDepth: (node) => {
    const block = node.attrs.int("block_size");
    const nchw = node.attrs.string("data_format") === "NCHW";
    return ([x]) =>
      nchw
        ? transpose(blockOp(transpose(x!, [0, 2, 3, 1]), block, false), [0, 3, 1, 2])
        : blockOp(x!, block, false);
  },
  SpaceToBatchND:
    () =>
    ([x, block, paddings]) =>
      spaceToBatch(x!, ints(block!), ints(paddings!)),
  BatchToSpaceND:
    () =>
    ([x, block, crops]) =>
      batchToSpace(x!, ints(block!), ints(crops!)),
};
