import type { DType } from "@servable/tensors";
import { invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  bigMax,
  bigMin,
  dtypeName,
  ints,
  type NumberArray,
  product,
  scalarInt,
  type Value,
} from "../value.ts";
import { tableThroughFloat } from "./half.ts";
import { axisOf, transpose } from "./strided.ts";

export interface Reduction {
  /** Start of an empty reduction. */
  readonly start: number;
  readonly step: (sum: number, x: number) => number;
  readonly finish?: (sum: number, count: number) => number;
  readonly big?: {
    start: (dtype: DType) => bigint;
    step: (sum: bigint, x: bigint) => bigint;
    finish?: (sum: bigint, count: bigint) => bigint;
  };
}

export const lowest = (dtype: DType): number =>
  ({ DT_INT32: -2147483648, DT_INT8: -128, DT_INT16: -32768, DT_UINT8: 0, DT_UINT16: 0, DT_UINT32: 0 })[
    dtype as string
  ] ?? Number.NEGATIVE_INFINITY;

export const highest = (dtype: DType): number =>
  ({
    DT_INT32: 2147483647,
    DT_INT8: 127,
    DT_INT16: 32767,
    DT_UINT8: 255,
    DT_UINT16: 65535,
    DT_UINT32: 4294967295,
  })[dtype as string] ?? Number.POSITIVE_INFINITY;

export const REDUCTIONS: Readonly<Record<string, Reduction>> = {
  Sum: { start: 0, step: (sum, x) => sum + x, big: { start: () => 0n, step: (sum, x) => sum + x } },
  Mean: {
    start: 0,
    step: (sum, x) => sum + x,
    finish: (sum, count) => sum / count,
    big: {
      start: () => 0n,
      step: (sum, x) => sum + x,
      finish: (sum, count) => (count === 0n ? 0n : sum / count),
    },
  },
  Prod: {
    start: 1,
    step: (sum, x) => sum * x,
    big: { start: () => 1n, step: (sum, x) => BigInt.asIntN(64, sum * x) },
  },
  Max: {
    start: Number.NEGATIVE_INFINITY,
    step: (sum, x) => (sum > x || Number.isNaN(sum) ? sum : x),
    big: {
      start: (dtype) => (dtype === "DT_UINT64" ? 0n : -(2n ** 63n)),
      step: bigMax,
    },
  },
  Min: {
    start: Number.POSITIVE_INFINITY,
    step: (sum, x) => (sum < x || Number.isNaN(sum) ? sum : x),
    big: {
      start: (dtype) => (dtype === "DT_UINT64" ? 2n ** 64n - 1n : 2n ** 63n - 1n),
      step: bigMin,
    },
  },
  EuclideanNorm: { start: 0, step: (sum, x) => sum + x * x, finish: (sum) => Math.sqrt(sum) },
  All: { start: 1, step: (sum, x) => (sum && x ? 1 : 0) },
  Any: { start: 0, step: (sum, x) => (sum || x ? 1 : 0) },
};

/** Axes to reduce, from the tensor that names them: sorted, from the front, each once. */
export function reductionAxes(axes: Value, rank: number): number[] {
  const seen = new Set<number>();
  for (const given of ints(axes)) {
    if (given < -rank || given >= rank) {
      throw invalid(`Invalid reduction dimension (${given} for input with ${rank} dimension(s)`);
    }
    seen.add(given < 0 ? given + rank : given);
  }
  return [...seen].sort((a, b) => a - b);
}

/** Moves the axes to the end, so that each result is made from neighbouring elements. */
export function bringLast(
  x: Value,
  axes: readonly number[],
): { data: Value["data"]; outer: number; count: number } {
  const kept = x.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const count = axes.reduce((n, d) => n * x.shape[d]!, 1);
  const moved = transpose(x, [...kept, ...axes]);
  return { data: moved.data, outer: kept.reduce((n, d) => n * x.shape[d]!, 1), count };
}

function reducedShape(shape: readonly number[], axes: readonly number[], keep: boolean): number[] {
  return keep ? shape.map((n, d) => (axes.includes(d) ? 1 : n)) : shape.filter((_, d) => !axes.includes(d));
}

function sumFloats(x: Value, axes: readonly number[], mean: boolean): Float32Array | undefined {
  // The usual case of pooling over height and width: rows of channels, added up in double precision.
  const first = axes[0];
  if (first === undefined || axes.some((axis, i) => axis !== first + i)) return undefined;
  const last = first + axes.length;
  const outer = product(x.shape, 0, first);
  const count = product(x.shape, first, last);
  const inner = product(x.shape, last);
  const source = x.data as Float32Array;
  const out = new Float32Array(outer * inner);
  const scale = mean ? 1 / count : 1;
  if (inner === 1) {
    for (let o = 0, at = 0; o < outer; o++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += source[at++]!;
      out[o] = mean ? sum / count : sum;
    }
    return out;
  }
  const sums = new Float64Array(inner);
  for (let o = 0, at = 0; o < outer; o++) {
    sums.fill(0);
    for (let i = 0; i < count; i++) for (let k = 0; k < inner; k++) sums[k]! += source[at++]!;
    for (let k = 0; k < inner; k++) out[o * inner + k] = mean ? sums[k]! / count : sums[k]! * scale;
  }
  return out;
}

export function reduce(name: string, x: Value, axesGiven: Value, keep: boolean): Value {
  const axes = reductionAxes(axesGiven, x.shape.length);
  const shape = reducedShape(x.shape, axes, keep);
  if (axes.length === 0 && name !== "EuclideanNorm") return { dtype: x.dtype, shape, data: x.data };
  if (x.dtype === "DT_FLOAT" && (name === "Sum" || name === "Mean")) {
    const data = sumFloats(x, axes, name === "Mean");
    if (data) return { dtype: x.dtype, shape, data };
  }
  const reduction = REDUCTIONS[name]!;
  const { data: source, outer, count } = bringLast(x, axes);
  const out = allocate(x.dtype, shape);
  const kind = arithmeticOf(x.dtype);
  if (kind === "bigint" && reduction.big) {
    const { start, step, finish } = reduction.big;
    for (let o = 0, at = 0; o < outer; o++) {
      let sum = start(x.dtype);
      for (let i = 0; i < count; i++) sum = step(sum, (source as BigArray)[at++]!);
      (out as BigArray)[o] = finish ? finish(sum, BigInt(count)) : sum;
    }
  } else if (kind === "number") {
    const { step, finish } = reduction;
    const start = name === "Max" ? lowest(x.dtype) : name === "Min" ? highest(x.dtype) : reduction.start;
    const product32 = name === "Prod" && x.dtype === "DT_INT32";
    for (let o = 0, at = 0; o < outer; o++) {
      let sum = start;
      if (product32) for (let i = 0; i < count; i++) sum = Math.imul(sum, (source as NumberArray)[at++]!);
      else for (let i = 0; i < count; i++) sum = step(sum, (source as NumberArray)[at++]!);
      (out as NumberArray)[o] = finish ? finish(sum, count) : sum;
    }
  } else if (kind === "complex" && (name === "Sum" || name === "Mean" || name === "Prod")) {
    complexTotals(name, source as Float32Array, count, out as Float32Array);
  } else throw unimplemented(`${name} of ${dtypeName(x.dtype)} is not supported`, [name]);
  return { dtype: x.dtype, shape, data: out };
}

/** Sums, means or products of runs of `count` (re, im) pairs. */
function complexTotals(
  name: string,
  source: Float32Array | Float64Array,
  count: number,
  out: Float32Array | Float64Array,
): void {
  for (let o = 0, at = 0; o < out.length; o += 2) {
    let re = name === "Prod" ? 1 : 0;
    let im = 0;
    for (let i = 0; i < count; i++, at += 2) {
      const [a, b] = [source[at]!, source[at + 1]!];
      if (name === "Prod") [re, im] = [re * a - im * b, re * b + im * a];
      else {
        re += a;
        im += b;
      }
    }
    out[o] = name === "Mean" ? re / count : re;
    out[o + 1] = name === "Mean" ? im / count : im;
  }
}

const reducer =
  (name: string): KernelFactory =>
  (node) => {
    const keep = node.attrs.bool("keep_dims");
    return ([x, axes]) => reduce(name, x!, axes!, keep);
  };

function cumulative(name: "Cumsum" | "Cumprod" | "CumulativeLogsumexp"): KernelFactory {
  return (node) => {
    const exclusive = node.attrs.bool("exclusive");
    const backwards = node.attrs.bool("reverse");
    return ([x, axisGiven]) => {
      const axis = axisOf(scalarInt(axisGiven!), x!.shape.length, "ScanOp: Expected scan axis in range;");
      const data = allocate(x!.dtype, x!.shape);
      const n = x!.shape[axis]!;
      const inner = product(x!.shape, axis + 1);
      const outer = product(x!.shape, 0, axis);
      const big = arithmeticOf(x!.dtype) === "bigint";
      const source = x!.data as unknown as number[];
      const out = data as unknown as number[];
      const single = x!.dtype === "DT_FLOAT";
      for (let o = 0; o < outer; o++) {
        for (let k = 0; k < inner; k++) {
          const base = o * n * inner + k;
          let sum = (
            name === "Cumsum"
              ? big
                ? 0n
                : 0
              : name === "Cumprod"
                ? big
                  ? 1n
                  : 1
                : Number.NEGATIVE_INFINITY
          ) as number;
          for (let i = 0; i < n; i++) {
            const at = base + (backwards ? n - 1 - i : i) * inner;
            const v = source[at]!;
            if (exclusive) out[at] = sum;
            if (name === "Cumsum") sum = sum + v;
            else if (name === "Cumprod") sum = x!.dtype === "DT_INT32" ? Math.imul(sum, v) : sum * v;
            else {
              const top = Math.max(sum, v);
              sum =
                top === Number.NEGATIVE_INFINITY
                  ? top
                  : top + Math.log(Math.exp(sum - top) + Math.exp(v - top));
            }
            if (single) sum = Math.fround(sum);
            if (!exclusive) out[at] = sum;
          }
        }
      }
      return { dtype: x!.dtype, shape: x!.shape, data };
    };
  };
}

/** Reductions and running sums. */
export const reduceKernels: KernelTable = tableThroughFloat({
  ...Object.fromEntries(Object.keys(REDUCTIONS).map((name) => [name, reducer(name)])),
  Cumsum: cumulative("Cumsum"),
  Cumprod: cumulative("Cumprod"),
  CumulativeLogsumexp: cumulative("CumulativeLogsumexp"),
});
