import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  integers,
  ints,
  lanesOf,
  type NumberArray,
  scalarInt,
  shapeText,
  type Value,
} from "../value.ts";
import { broadcastShape, broadcastStrides } from "./broadcast.ts";
import { strided, stridesOf, withShape } from "./strided.ts";

export function broadcastTo(of: Value, shape: readonly number[]): Value {
  if (of.shape.length > shape.length) {
    throw invalid(
      `Rank of input (${of.shape.length}) must be no greater than rank of output shape (${shape.length}).`,
    );
  }
  const fits = broadcastShape(of.shape, shape, (a, b) =>
    invalid(`Incompatible shapes: ${shapeText(a)} vs. ${shapeText(b)}`),
  );
  if (fits.some((n, i) => n !== shape[i]))
    throw invalid(`Incompatible shapes: ${shapeText(of.shape)} vs. ${shapeText(shape)}`);
  return strided(of, shape, broadcastStrides(of.shape, shape));
}

function tile(of: Value, multiples: readonly number[]): Value {
  const rank = of.shape.length;
  if (multiples.length !== rank) {
    throw invalid(
      `Expected multiples argument to be a vector of length ${rank} but got length ${multiples.length}`,
    );
  }
  for (const [d, n] of multiples.entries())
    if (n < 0) throw invalid(`Expected multiples[${d}] >= 0, but got ${n}`);
  const shape = of.shape.map((n, d) => n * multiples[d]!);
  const wide = of.shape.flatMap((n, d) => [multiples[d]!, n]);
  const strides = stridesOf(of.shape).flatMap((s) => [0, s]);
  return withShape(strided(of, wide, strides), shape);
}

/** A tensor whose elements are all the same. */
export function filled(dtype: DType, shape: readonly number[], item: Value): Value {
  return broadcastTo({ dtype, shape: [], data: item.data }, shape);
}

function fill(dims: readonly number[], item: Value): Value {
  for (const n of dims) if (n < 0) throw invalid(`Dimension ${n} must be >= 0`);
  return filled(item.dtype, dims, item);
}

function zerosOrOnes(one: boolean): KernelFactory {
  return () =>
    ([x]) => {
      const { dtype, shape } = x!;
      const data = allocate(dtype, shape);
      if (one) {
        if (arithmeticOf(dtype) === "bigint") (data as BigArray).fill(1n as never);
        else if (dtype === "DT_HALF") (data as Uint16Array).fill(0x3c00);
        else if (dtype === "DT_BFLOAT16") (data as Uint16Array).fill(0x3f80);
        else if (lanesOf(dtype) === 2) for (let i = 0; i < data.length; i += 2) (data as Float32Array)[i] = 1;
        else (data as NumberArray).fill(1);
      }
      return { dtype, shape, data };
    };
}

export const range: KernelFactory =
  () =>
  ([start, limit, delta]) => {
    const dtype = start!.dtype;
    const big = arithmeticOf(dtype) === "bigint";
    const from = Number((start!.data as ArrayLike<number | bigint>)[0]);
    const to = Number((limit!.data as ArrayLike<number | bigint>)[0]);
    const by = Number((delta!.data as ArrayLike<number | bigint>)[0]);
    if (by === 0) throw invalid("Requires delta != 0: 0");
    if (by > 0 && from > to) throw invalid(`Requires start <= limit when delta > 0: ${from}/${to}`);
    if (by < 0 && from < to) throw invalid(`Requires start >= limit when delta < 0: ${from}/${to}`);
    const count = Math.max(0, Math.ceil(Math.abs((to - from) / by)));
    const data = allocate(dtype, [count]);
    if (big) {
      let v = (start!.data as BigArray)[0]!;
      const step = (delta!.data as BigArray)[0]!;
      for (let i = 0; i < count; i++, v += step) (data as BigArray)[i] = v;
    } else for (let i = 0; i < count; i++) (data as NumberArray)[i] = from + i * by;
    return { dtype, shape: [count], data };
  };

const linSpace: KernelFactory =
  () =>
  ([start, stop, num]) => {
    const from = Number((start!.data as NumberArray)[0]);
    const to = Number((stop!.data as NumberArray)[0]);
    const count = scalarInt(num!);
    if (count <= 0) throw invalid(`Requires num > 0: ${count}`);
    const data = allocate(start!.dtype, [count]) as NumberArray;
    const step = count > 1 ? (to - from) / (count - 1) : 0;
    for (let i = 0; i < count; i++) data[i] = from + step * i;
    if (count > 1) data[count - 1] = to;
    return { dtype: start!.dtype, shape: [count], data };
  };

export const fillKernels: KernelTable = {
  BroadcastTo:
    () =>
    ([x, shape]) =>
      broadcastTo(x!, ints(shape!)),
  BroadcastArgs:
    () =>
    ([a, b]) => {
      const shape = broadcastShape(ints(a!), ints(b!));
      return integers(a!.dtype, [shape.length], shape);
    },
  Tile:
    () =>
    ([x, multiples]) =>
      tile(x!, ints(multiples!)),
  Fill:
    () =>
    ([dims, item]) =>
      fill(ints(dims!), item!),
  ZerosLike: zerosOrOnes(false),
  OnesLike: zerosOrOnes(true),
  Empty: (node) => {
    const dtype = node.attrs.dtype("dtype");
    return ([shape]) => {
      const size = ints(shape!);
      return { dtype, shape: size, data: allocate(dtype, size) };
    };
  },
  Range: range,
  LinSpace: linSpace,
};
