import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  integers,
  ints,
  lanesOf,
  type NumberArray,
  product,
  scalarInt,
  shapeText,
  type Value,
} from "../value.ts";
import { copyRun } from "./gather.ts";
import { take } from "./rearrange.ts";
import { axisOf, transpose } from "./strided.ts";

function keyOf(of: Value, i: number): string | number | bigint {
  const item = (of.data as ArrayLike<unknown>)[i];
  return item instanceof Uint8Array ? Buffer.from(item).toString("latin1") : (item as number | bigint);
}

interface UniqueResult {
  readonly firsts: number[];
  readonly positions: number[];
  readonly counts: number[];
}

function uniqueItems(count: number, key: (i: number) => unknown): UniqueResult {
  const seen = new Map<unknown, number>();
  const result: UniqueResult = { firsts: [], positions: [], counts: [] };
  for (let i = 0; i < count; i++) {
    const k = key(i);
    let at = seen.get(k);
    if (at === undefined) {
      at = result.firsts.length;
      seen.set(k, at);
      result.firsts.push(i);
      result.counts.push(0);
    }
    result.counts[at]!++;
    result.positions.push(at);
  }
  return result;
}

function unique(x: Value, axisGiven: number | undefined, outType: DType, withCounts: boolean): Value[] {
  let values: Value;
  let found: UniqueResult;
  if (axisGiven === undefined) {
    if (x.shape.length !== 1) throw invalid("unique expects a 1D vector.");
    found = uniqueItems(x.shape[0]!, (i) => keyOf(x, i));
    values = take(x, 0, found.firsts);
  } else {
    const axis = axisOf(axisGiven, x.shape.length);
    const moved = transpose(x, [axis, ...x.shape.map((_, d) => d).filter((d) => d !== axis)]);
    const width = product(moved.shape, 1);
    found = uniqueItems(moved.shape[0]!, (i) => {
      const parts: unknown[] = [];
      for (let k = 0; k < width; k++) parts.push(keyOf(moved, i * width + k));
      return parts.join("\0");
    });
    values = take(x, axis, found.firsts);
  }
  const outputs = [values, integers(outType, [found.positions.length], found.positions)];
  if (withCounts) outputs.push(integers(outType, [found.counts.length], found.counts));
  return outputs;
}

function dynamicPartition(data: Value, partitions: Value, count: number): Value[] {
  const at = ints(partitions);
  const rank = partitions.shape.length;
  const rest = data.shape.slice(rank);
  if (partitions.shape.some((n, d) => n !== data.shape[d])) {
    throw invalid(
      `data.shape must start with partitions.shape, got data.shape = ${shapeText(data.shape)}, partitions.shape = ${shapeText(partitions.shape)}`,
    );
  }
  const counts = new Array<number>(count).fill(0);
  for (const [i, p] of at.entries()) {
    if (p < 0 || p >= count) {
      const position = rank === 0 ? "" : `[${unravel(i, partitions.shape).join(",")}]`;
      throw invalid(`partitions${position} = ${p} is not in [0, ${count})`);
    }
    counts[p]!++;
  }
  const outputs = counts.map(
    (n): Value => ({ dtype: data.dtype, shape: [n, ...rest], data: allocate(data.dtype, [n, ...rest]) }),
  );
  const row = product(rest) * lanesOf(data.dtype);
  const next = new Array<number>(count).fill(0);
  for (const [i, p] of at.entries()) copyRun(outputs[p]!.data, next[p]!++ * row, data.data, i * row, row);
  return outputs;
}

function unravel(flat: number, shape: readonly number[]): number[] {
  const position: number[] = [];
  for (let d = shape.length - 1, rest = flat; d >= 0; d--) {
    position.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return position;
}

const dynamicStitch: KernelFactory = (node) => {
  const n = node.attrs.int("N");
  return (inputs) => {
    const indices = inputs.slice(0, n);
    const pieces = inputs.slice(n);
    let top = -1;
    for (const index of indices) {
      for (const i of ints(index)) {
        if (i < 0) throw invalid(`indices must be non-negative: ${i}`);
        top = Math.max(top, i);
      }
    }
    const rest = pieces[0]!.shape.slice(indices[0]!.shape.length);
    const dtype = pieces[0]!.dtype;
    const shape = [top + 1, ...rest];
    const data = allocate(dtype, shape);
    const row = product(rest) * lanesOf(dtype);
    for (const [k, index] of indices.entries()) {
      const piece = pieces[k]!;
      if (product(piece.shape) !== product(index.shape) * product(rest)) {
        throw invalid(
          `data[${k}].shape = ${shapeText(piece.shape)} does not start with indices[${k}].shape = ${shapeText(index.shape)}`,
        );
      }
      for (const [i, at] of ints(index).entries()) copyRun(data, at * row, piece.data, i * row, row);
    }
    return { dtype, shape, data };
  };
};

function oneHot(indices: Value, depth: number, on: Value, off: Value, axisGiven: number): Value {
  if (depth < 0) throw invalid(`depth must be non-negative, got: ${depth}`);
  const rank = indices.shape.length;
  const axis = axisGiven === -1 ? rank : axisGiven;
  if (axis < 0 || axis > rank)
    throw invalid(`Expected axis to be -1 or between [0, ${rank + 1}).  But received: ${axisGiven}`);
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
  const data = allocate(on.dtype, shape) as unknown as unknown[];
  const offItem = (off.data as ArrayLike<unknown>)[0];
  const onItem = (on.data as ArrayLike<unknown>)[0];
  data.fill(offItem);
  const inner = product(indices.shape, axis);
  for (const [i, index] of ints(indices).entries()) {
    if (index < 0 || index >= depth) continue;
    const outer = Math.floor(i / inner);
    data[(outer * depth + index) * inner + (i % inner)] = onItem;
  }
  return { dtype: on.dtype, shape, data: data as unknown as Value["data"] };
}

function bincount(
  values: readonly number[],
  size: number,
  weights: ArrayLike<number | bigint> | undefined,
  binary: boolean,
  into: Value["data"],
  at: number,
  matrix = false,
): void {
  const out = into as unknown as (number | bigint)[];
  const big = into instanceof BigInt64Array || into instanceof BigUint64Array;
  for (const [i, v] of values.entries()) {
    if (v < 0) {
      throw invalid(
        matrix
          ? `Input 'in' must be non-negative! Negative input value found: ${v}`
          : "Input arr must be non-negative!",
      );
    }
    if (v >= size) continue;
    const by = binary ? 1 : weights && weights.length > 0 ? weights[i]! : 1;
    const old = out[at + v]!;
    out[at + v] = binary ? (big ? 1n : 1) : big ? (old as bigint) + BigInt(by) : (old as number) + Number(by);
  }
}

/** Where values would go in sorted rows. */
function bound(dtype: DType, after: boolean) {
  return ([sorted, values]: readonly Value[]): Value => {
    const n = sorted!.shape[1]!;
    const m = values!.shape[1]!;
    const rows = sorted!.data as ArrayLike<number>;
    const wanted = values!.data as ArrayLike<number>;
    const out = Array.from({ length: wanted.length }, (_, i) => {
      const base = Math.floor(i / m) * n;
      let low = 0;
      let high = n;
      while (low < high) {
        const middle = (low + high) >> 1;
        const v = rows[base + middle]!;
        if (after ? v <= wanted[i]! : v < wanted[i]!) low = middle + 1;
        else high = middle;
      }
      return low;
    });
    return integers(dtype, values!.shape, out);
  };
}

export const partitionKernels: KernelTable = {
  Unique: (node) => {
    const dtype = node.attrs.dtype("out_idx");
    return ([x]) => unique(x!, undefined, dtype, false);
  },
  UniqueV2: (node) => {
    const dtype = node.attrs.dtype("out_idx");
    return ([x, axis]) => unique(x!, product(axis!.shape) > 0 ? scalarInt(axis!) : undefined, dtype, false);
  },
  UniqueWithCounts: (node) => {
    const dtype = node.attrs.dtype("out_idx");
    return ([x]) => unique(x!, undefined, dtype, true);
  },
  UniqueWithCountsV2: (node) => {
    const dtype = node.attrs.dtype("out_idx");
    return ([x, axis]) => unique(x!, product(axis!.shape) > 0 ? scalarInt(axis!) : undefined, dtype, true);
  },
  DynamicPartition: (node) => {
    const count = node.attrs.int("num_partitions");
    return ([data, partitions]) => dynamicPartition(data!, partitions!, count);
  },
  DynamicStitch: dynamicStitch,
  ParallelDynamicStitch: dynamicStitch,
  OneHot: (node) => {
    const axis = node.attrs.int("axis");
    return ([indices, depth, on, off]) => oneHot(indices!, scalarInt(depth!), on!, off!, axis);
  },
  ListDiff: (node) => {
    const dtype = node.attrs.dtype("out_idx");
    return ([x, y]) => {
      const gone = new Set(Array.from({ length: y!.shape[0]! }, (_, i) => keyOf(y!, i)));
      const kept = Array.from({ length: x!.shape[0]! }, (_, i) => i).filter((i) => !gone.has(keyOf(x!, i)));
      return [take(x!, 0, kept), integers(dtype, [kept.length], kept)];
    };
  },
  Bincount:
    () =>
    ([x, size, weights]) => {
      const n = scalarInt(size!);
      const data = allocate(weights!.dtype, [n]);
      bincount(ints(x!), n, weights!.data as ArrayLike<number>, false, data, 0);
      return { dtype: weights!.dtype, shape: [n], data };
    },
  DenseBincount: (node) => {
    const binary = node.attrs.bool("binary_output");
    return ([x, size, weights]) => {
      const n = scalarInt(size!);
      const rows = x!.shape.length === 2 ? x!.shape[0]! : 1;
      const width = x!.shape.length === 2 ? x!.shape[1]! : product(x!.shape);
      const shape = x!.shape.length === 2 ? [rows, n] : [n];
      const data = allocate(weights!.dtype, shape);
      const values = ints(x!);
      const all = weights!.data as NumberArray;
      for (let r = 0; r < rows; r++) {
        const part = all.length > 0 ? all.subarray(r * width, (r + 1) * width) : undefined;
        bincount(
          values.slice(r * width, (r + 1) * width),
          n,
          part,
          binary,
          data,
          r * n,
          x!.shape.length === 2,
        );
      }
      return { dtype: weights!.dtype, shape, data };
    };
  },
  HistogramFixedWidth: (node) => {
    const dtype = node.attrs.dtype("dtype");
    return ([x, range, bins]) => {
      const n = scalarInt(bins!);
      const [low, high] = range!.data as unknown as [number, number];
      if (!(low < high))
        throw invalid(
          `value_range should satisfy value_range[0] < value_range[1], but got '[${low}, ${high}]'`,
        );
      if (n <= 0) throw invalid(`nbins should be a positive number, but got '${n}'`);
      const counts = new Array<number>(n).fill(0);
      const step = (high - low) / n;
      for (const v of x!.data as NumberArray)
        counts[Math.min(n - 1, Math.max(0, Math.floor((v - low) / step)))]!++;
      return integers(dtype, [n], counts);
    };
  },
  Bucketize: (node) => {
    const boundaries = node.attrs.floats("boundaries");
    return ([x]) => {
      const source = x!.data as ArrayLike<number | bigint>;
      const data = new Int32Array(source.length);
      for (let i = 0; i < data.length; i++) {
        const v = Number(source[i]);
        let at = 0;
        while (at < boundaries.length && v >= boundaries[at]!) at++;
        data[i] = at;
      }
      return { dtype: "DT_INT32", shape: x!.shape, data };
    };
  },
  LowerBound: (node) => bound(node.attrs.dtype("out_type"), false),
  UpperBound: (node) => bound(node.attrs.dtype("out_type"), true),
};
