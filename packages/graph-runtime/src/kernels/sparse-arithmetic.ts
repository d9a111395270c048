import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  integers,
  ints,
  type NumberArray,
  scalarInt,
  shapeText,
  type Value,
} from "../value.ts";
import { cast } from "./cast.ts";
import { matMul } from "./matmul.ts";
import { take } from "./rearrange.ts";
import { stridesOf } from "./strided.ts";

/** A sparse tensor whose entries are computed with one by one. */
interface Entries {
  readonly shape: readonly number[];
  /** Row-major position of each entry. */
  readonly flat: readonly number[];
  readonly values: ArrayLike<number | bigint>;
}

function entries(indices: Value, values: Value, shape: Value): Entries {
  const dims = ints(shape);
  const strides = stridesOf(dims);
  const at = indices.data as ArrayLike<number | bigint>;
  const count = indices.shape[0]!;
  const flat = new Array<number>(count);
  for (let r = 0; r < count; r++) {
    let position = 0;
    for (let d = 0; d < dims.length; d++) position += Number(at[r * dims.length + d]) * strides[d]!;
    flat[r] = position;
  }
  return { shape: dims, flat, values: values.data as ArrayLike<number | bigint> };
}

function indicesOf(flat: readonly number[], shape: readonly number[]): Value {
  const strides = stridesOf(shape);
  const out: number[] = [];
  for (const position of flat) {
    let rest = position;
    for (const stride of strides) {
      out.push(stride === 0 ? 0 : Math.floor(rest / stride));
      rest = stride === 0 ? 0 : rest % stride;
    }
  }
  return integers("DT_INT64", [flat.length, shape.length], out);
}

function valuesOf(dtype: Value["dtype"], items: readonly (number | bigint)[]): Value {
  const data = allocate(dtype, [items.length]) as unknown as (number | bigint)[];
  for (const [i, item] of items.entries()) data[i] = item;
  return { dtype, shape: [items.length], data: data as unknown as Value["data"] };
}

/** Entries of either operand, in order; a missing one counts as zero. */
function merge(
  a: Entries,
  b: Entries,
  zero: number | bigint,
  combine: (x: number | bigint, y: number | bigint) => number | bigint,
): { flat: number[]; items: (number | bigint)[] } {
  const cells = new Map<number, [number | bigint, number | bigint]>();
  for (const [k, at] of a.flat.entries()) cells.set(at, [a.values[k]!, zero]);
  for (const [k, at] of b.flat.entries()) {
    const cell = cells.get(at);
    if (cell) cell[1] = b.values[k]!;
    else cells.set(at, [zero, b.values[k]!]);
  }
  const flat = [...cells.keys()].sort((x, y) => x - y);
  return { flat, items: flat.map((at) => combine(...cells.get(at)!)) };
}

const zeroOf = (dtype: Value["dtype"]): number | bigint => (arithmeticOf(dtype) === "bigint" ? 0n : 0);

type Num = number | bigint;

const larger = (x: Num, y: Num): Num => {
  if (x > y) return x;
  return y;
};

const smaller = (x: Num, y: Num): Num => {
  if (x < y) return x;
  return y;
};

const plus = (x: number | bigint, y: number | bigint): number | bigint => (x as number) + (y as number);

function sameShape(a: Entries, b: Entries): void {
  if (a.shape.length === b.shape.length && a.shape.every((n, d) => n === b.shape[d])) return;
  throw invalid("Operands' shapes do not match");
}

const sparseAdd: KernelFactory =
  () =>
  ([ai, av, as, bi, bv, bs, threshold]) => {
    const a = entries(ai!, av!, as!);
    const b = entries(bi!, bv!, bs!);
    sameShape(a, b);
    const least = Number((cast(threshold!, "DT_DOUBLE").data as Float64Array)[0]);
    const { flat, items } = merge(a, b, zeroOf(av!.dtype), plus);
    // Only sums of two entries are held against the threshold.
    const [inA, inB] = [new Set(a.flat), new Set(b.flat)];
    const kept = items
      .map((_, i) => i)
      .filter((i) => !inA.has(flat[i]!) || !inB.has(flat[i]!) || Math.abs(Number(items[i])) >= least);
    return [
      indicesOf(
        kept.map((i) => flat[i]!),
        a.shape,
      ),
      valuesOf(
        av!.dtype,
        kept.map((i) => items[i]!),
      ),
      as!,
    ];
  };

function sparseSparse(pick: (x: number | bigint, y: number | bigint) => number | bigint): KernelFactory {
  return () =>
    ([ai, av, as, bi, bv, bs]) => {
      const a = entries(ai!, av!, as!);
      const b = entries(bi!, bv!, bs!);
      sameShape(a, b);
      const { flat, items } = merge(a, b, zeroOf(av!.dtype), pick);
      return [indicesOf(flat, a.shape), valuesOf(av!.dtype, items)];
    };
}

/** A sparse operand's values combined with what lies at the same places of a dense one, which may be broadcast. */
function withDense(combine: (x: number, y: number) => number): KernelFactory {
  return () =>
    ([indices, values, shape, dense]) => {
      const dims = ints(shape!);
      const offset = dims.length - dense!.shape.length;
      if (offset < 0 || dense!.shape.some((n, d) => n !== 1 && n !== dims[offset + d])) {
        throw invalid(
          `SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: [${dims.join(",")}] vs. ${shapeText(dense!.shape)}`,
        );
      }
      const strides = stridesOf(dense!.shape);
      const at = indices!.data as ArrayLike<number | bigint>;
      const items = Array.from(values!.data as ArrayLike<number | bigint>, (x, r) => {
        let position = 0;
        for (let d = 0; d < strides.length; d++)
          if (dense!.shape[d] !== 1) position += Number(at[r * dims.length + offset + d]) * strides[d]!;
        const y = (dense!.data as ArrayLike<number | bigint>)[position]!;
        return combine(x as number, y as number);
      });
      return valuesOf(values!.dtype, items);
    };
}

function sparseReduce(kind: "Sum" | "Max", sparse: boolean): KernelFactory {
  return (node) => {
    const keep = node.attrs.bool("keep_dims");
    return ([indices, values, shape, axes]) => {
      const x = entries(indices!, values!, shape!);
      const rank = x.shape.length;
      const gone = new Set(ints(axes!).map((axis) => (axis < 0 ? axis + rank : axis)));
      const kept = x.shape.map((n, d) => (gone.has(d) ? 1 : n));
      const full = stridesOf(x.shape);
      const strides = stridesOf(kept);
      const cells = new Map<number, number | bigint>();
      for (const [k, flat] of x.flat.entries()) {
        let rest = flat;
        let at = 0;
        for (let d = 0; d < rank; d++) {
          const index = Math.floor(rest / full[d]!);
          rest %= full[d]!;
          if (!gone.has(d)) at += index * strides[d]!;
        }
        const old = cells.get(at);
        const v = x.values[k]!;
        cells.set(at, old === undefined ? v : kind === "Sum" ? plus(old, v) : larger(old, v));
      }
      const outShape = keep ? kept : x.shape.filter((_, d) => !gone.has(d));
      if (sparse) {
        const flat = [...cells.keys()].sort((p, q) => p - q);
        return [
          indicesOf(flat, outShape),
          valuesOf(
            values!.dtype,
            flat.map((at) => cells.get(at)!),
          ),
          integers("DT_INT64", [outShape.length], outShape),
        ];
      }
      const data = allocate(values!.dtype, outShape) as unknown as (number | bigint)[];
      for (const [at, v] of cells) data[at] = v;
      return { dtype: values!.dtype, shape: outShape, data: data as unknown as Value["data"] };
    };
  };
}

const sparseSoftmax: KernelFactory =
  () =>
  ([indices, values, shape]) => {
    const x = entries(indices!, values!, shape!);
    const width = x.shape[x.shape.length - 1]!;
    const rows = new Map<number, number[]>();
    for (const [k, flat] of x.flat.entries()) {
      const row = Math.floor(flat / width);
      const members = rows.get(row);
      if (members) members.push(k);
      else rows.set(row, [k]);
    }
    const out = allocate(values!.dtype, values!.shape) as NumberArray;
    const source = values!.data as NumberArray;
    for (const members of rows.values()) {
      let highest = Number.NEGATIVE_INFINITY;
      for (const k of members) highest = Math.max(highest, source[k]!);
      let sum = 0;
      for (const k of members) sum += Math.exp(source[k]! - highest);
      for (const k of members) out[k] = Math.exp(source[k]! - highest) / sum;
    }
    return { ...values!, data: out };
  };

/** Part of a sparse tensor that lies in a box. */
function box(indices: Value, values: Value, start: readonly number[], size: readonly number[]): Value[] {
  const rank = start.length;
  const at = ints(indices);
  const kept: number[] = [];
  const moved: number[] = [];
  for (let r = 0; r < indices.shape[0]!; r++) {
    let inside = true;
    for (let d = 0; d < rank; d++) {
      const i = at[r * rank + d]! - start[d]!;
      if (i < 0 || i >= size[d]!) inside = false;
    }
    if (!inside) continue;
    kept.push(r);
    for (let d = 0; d < rank; d++) moved.push(at[r * rank + d]! - start[d]!);
  }
  return [
    integers("DT_INT64", [kept.length, rank], moved),
    take(values, 0, kept),
    integers("DT_INT64", [rank], size),
  ];
}

const sparseSlice: KernelFactory =
  () =>
  ([indices, values, shape, start, size]) => {
    const dims = ints(shape!);
    const from = ints(start!);
    const wanted = ints(size!);
    return box(
      indices!,
      values!,
      from,
      dims.map((n, d) => Math.max(0, Math.min(wanted[d]!, n - from[d]!))),
    );
  };

const sparseSplit: KernelFactory = (node) => {
  const count = node.attrs.int("num_split");
  return ([axisValue, indices, values, shape]) => {
    const dims = ints(shape!);
    const given = scalarInt(axisValue!);
    const axis = given < 0 ? given + dims.length : given;
    if (axis < 0 || axis >= dims.length)
      throw invalid(`Input axis should be in range [${-dims.length}, ${dims.length}), got ${given}`);
    if (count > dims[axis]!)
      throw invalid(
        `Input num_split should be between 1 and the splitting dimension size (${dims[axis]}), got ${count}`,
      );
    const each = Math.floor(dims[axis]! / count);
    const more = dims[axis]! % count;
    const parts: Value[][] = [];
    let at = 0;
    for (let i = 0; i < count; i++) {
      const size = each + (i < more ? 1 : 0);
      parts.push(
        box(
          indices!,
          values!,
          dims.map((_, d) => (d === axis ? at : 0)),
          dims.map((n, d) => (d === axis ? size : n)),
        ),
      );
      at += size;
    }
    return [0, 1, 2].flatMap((k) => parts.map((part) => part[k]!));
  };
};

export const sparseArithmeticKernels: KernelTable = {
  SparseAdd: sparseAdd,
  SparseSparseMaximum: sparseSparse(larger),
  SparseSparseMinimum: sparseSparse(smaller),
  SparseDenseCwiseAdd: withDense((x, y) => x + y),
  SparseDenseCwiseMul: withDense((x, y) => x * y),
  SparseDenseCwiseDiv: withDense((x, y) => x / y),
  SparseReduceMax: sparseReduce("Max", false),
  SparseReduceSumSparse: sparseReduce("Sum", true),
  SparseReduceMaxSparse: sparseReduce("Max", true),
  SparseSoftmax: sparseSoftmax,
  SparseSlice: sparseSlice,
  SparseSplit: sparseSplit,
  SparseMatMul: (node) => {
    const transposeA = node.attrs.bool("transpose_a");
    const transposeB = node.attrs.bool("transpose_b");
    return ([a, b], run) =>
      matMul(cast(a!, "DT_FLOAT"), cast(b!, "DT_FLOAT"), transposeA, transposeB, false, run);
  },
};
