import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, arithmeticOf, integers, ints, product, scalarInt, type Value } from "../value.ts";

type Cells = { [index: number]: number | bigint };

/** Adds weights (ones, if there are none) to a row's cells; values at and beyond `size` count for nothing. */
function countInto(
  out: Value,
  row: number,
  size: number,
  value: number,
  weights: Value,
  at: number,
  binary: boolean,
): void {
  if (value < 0) throw invalid("Input must be non-negative");
  if (value >= size) return;
  const cells = out.data as unknown as Cells;
  const cell = row * size + value;
  const big = arithmeticOf(out.dtype) === "bigint";
  if (binary) cells[cell] = big ? 1n : 1;
  else {
    const by = product(weights.shape) > 0 ? (weights.data as ArrayLike<number | bigint>)[at]! : big ? 1n : 1;
    cells[cell] = ((cells[cell] as number) + (by as number)) as number;
  }
}

const raggedBincount: KernelFactory = (node) => {
  const binary = node.attrs.bool("binary_output");
  return ([splitsValue, values, sizeValue, weights]) => {
    const splits = ints(splitsValue!);
    const size = scalarInt(sizeValue!);
    const rows = splits.length - 1;
    const at = ints(values!);
    const out: Value = {
      dtype: weights!.dtype,
      shape: [rows, size],
      data: allocate(weights!.dtype, [rows, size]),
    };
    for (let r = 0; r < rows; r++) {
      for (let k = splits[r]!; k < splits[r + 1]!; k++) countInto(out, r, size, at[k]!, weights!, k, binary);
    }
    return out;
  };
};

const sparseBincount: KernelFactory = (node) => {
  const binary = node.attrs.bool("binary_output");
  return ([indices, values, shape, sizeValue, weights]) => {
    const dims = ints(shape!);
    const size = scalarInt(sizeValue!);
    const flat = dims.length === 1;
    const outShape = flat ? [size] : [dims[0]!, size];
    const out: Value = { dtype: weights!.dtype, shape: outShape, data: allocate(weights!.dtype, outShape) };
    const rows = indices!.data as ArrayLike<number | bigint>;
    for (const [k, value] of ints(values!).entries()) {
      const row = flat ? 0 : Number(rows[k * dims.length]);
      if (!flat && (row < 0 || row >= dims[0]!)) throw invalid("Index out of bound");
      countInto(out, row, size, value, weights!, k, binary);
    }
    return out;
  };
};

interface CountAttributes {
  readonly least: number;
  readonly most: number;
  readonly binary: boolean;
}

/** Counts of the values of each row as a sparse tensor, values in rising order. */
function sparseCounts(
  rows: number,
  rowOf: (k: number) => number,
  values: readonly number[],
  weights: Value,
  a: CountAttributes,
  vector: boolean,
): Value[] {
  const weighted = product(weights.shape) > 0;
  const given = weights.data as ArrayLike<number | bigint>;
  const big = arithmeticOf(weights.dtype) === "bigint";
  const maps = Array.from({ length: rows }, () => new Map<number, number | bigint>());
  let highest = 0;
  for (const [k, value] of values.entries()) {
    if (value < 0 || (a.most >= 0 && value >= a.most)) continue;
    highest = Math.max(highest, value);
    const map = maps[rowOf(k)]!;
    const old = map.get(value) ?? (big ? 0n : 0);
    const by = weighted ? given[k]! : big ? 1n : 1;
    map.set(value, a.binary ? (big ? 1n : 1) : (((old as number) + (by as number)) as number));
  }
  const indices: number[] = [];
  const counts: (number | bigint)[] = [];
  for (const [row, map] of maps.entries()) {
    for (const value of [...map.keys()].sort((x, y) => x - y)) {
      if (!vector) indices.push(row);
      indices.push(value);
      counts.push(map.get(value)!);
    }
  }
  const width = a.most > 0 ? a.most : Math.max(highest + 1, a.least);
  const data = allocate(weights.dtype, [counts.length]) as unknown as Cells;
  for (const [i, count] of counts.entries()) data[i] = count;
  return [
    integers("DT_INT64", [counts.length, vector ? 1 : 2], indices),
    { dtype: weights.dtype, shape: [counts.length], data: data as unknown as Value["data"] },
    integers("DT_INT64", [vector ? 1 : 2], vector ? [width] : [rows, width]),
  ];
}

function countAttributes(node: Parameters<KernelFactory>[0]): CountAttributes {
  return {
    least: node.attrs.int("minlength"),
    most: node.attrs.int("maxlength"),
    binary: node.attrs.bool("binary_output"),
  };
}

/** How often each value occurs, dense and sparse. */
export const countKernels: KernelTable = {
  RaggedBincount: raggedBincount,
  SparseBincount: sparseBincount,
  DenseCountSparseOutput: (node) => {
    const a = countAttributes(node);
    return ([values, weights]) => {
      const vector = values!.shape.length === 1;
      const width = vector ? 1 : values!.shape[1]!;
      return sparseCounts(
        vector ? 1 : values!.shape[0]!,
        (k) => (vector ? 0 : Math.floor(k / width)),
        ints(values!),
        weights!,
        a,
        vector,
      );
    };
  },
  SparseCountSparseOutput: (node) => {
    const a = countAttributes(node);
    return ([indices, values, shape, weights]) => {
      const dims = ints(shape!);
      const vector = dims.length === 1;
      const rows = indices!.data as ArrayLike<number | bigint>;
      return sparseCounts(
        vector ? 1 : dims[0]!,
        (k) => (vector ? 0 : Number(rows[2 * k])),
        ints(values!),
        weights!,
        a,
        vector,
      );
    };
  },
  RaggedCountSparseOutput: (node) => {
    const a = countAttributes(node);
    return ([splitsValue, values, weights]) => {
      const splits = ints(splitsValue!);
      const rowOf: number[] = [];
      for (let r = 0; r + 1 < splits.length; r++) {
        for (let k = splits[r]!; k < splits[r + 1]!; k++) rowOf.push(r);
      }
      return sparseCounts(splits.length - 1, (k) => rowOf[k]!, ints(values!), weights!, a, false);
    };
  },
};
