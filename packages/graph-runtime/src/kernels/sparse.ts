import { decodeTensorProto, encodeTensorProto, TensorError } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  asTensor,
  dtypeName,
  integers,
  ints,
  lanesOf,
  type NumberArray,
  product,
  scalarInt,
  shapeText,
  strings,
  type Value,
} from "../value.ts";
import { copyRun, gather } from "./gather.ts";
import { take } from "./rearrange.ts";
import { reshape } from "./shape.ts";
import { stridesOf, transpose } from "./strided.ts";

function flatIndex(indices: ArrayLike<number | bigint>, row: number, strides: readonly number[]): number {
  let at = 0;
  for (let d = 0; d < strides.length; d++) at += Number(indices[row * strides.length + d]) * strides[d]!;
  return at;
}

function checkIndex(indices: ArrayLike<number | bigint>, row: number, shape: readonly number[]): void {
  for (let d = 0; d < shape.length; d++) {
    const i = Number(indices[row * shape.length + d]);
    if (i < 0 || i >= shape[d]!) {
      const position = Array.from({ length: shape.length }, (_, k) => indices[row * shape.length + k]).join(
        ",",
      );
      throw invalid(
        `indices[${row}] = [${position}] is out of bounds: need 0 <= index < [${shape.join(",")}]`,
      );
    }
  }
}

function toDense(indices: Value, shape: readonly number[], values: Value, fallback: Value): Value {
  const data = allocate(values.dtype, shape) as unknown as unknown[];
  data.fill((fallback.data as ArrayLike<unknown>)[0]);
  const at = indices.data as ArrayLike<number | bigint>;
  const rank = shape.length;
  const rows = indices.shape.length === 2 ? indices.shape[0]! : product(indices.shape);
  const strides = stridesOf(shape);
  const source = values.data as ArrayLike<unknown>;
  for (let r = 0; r < rows; r++) {
    if (rank > 0) checkIndex(at, r, shape);
    data[flatIndex(at, r, strides)] = source[values.shape.length === 0 ? 0 : r];
  }
  return { dtype: values.dtype, shape, data: data as unknown as Value["data"] };
}

const sparseDense: KernelFactory = (node) => {
  const adjointA = node.attrs.bool("adjoint_a");
  const adjointB = node.attrs.bool("adjoint_b");
  return ([indices, values, shapeGiven, bGiven]) => {
    const shape = ints(shapeGiven!);
    const b = adjointB ? transpose(bGiven!, [1, 0]) : bGiven!;
    const m = shape[adjointA ? 1 : 0]!;
    const k = shape[adjointA ? 0 : 1]!;
    if (k !== b.shape[0]) {
      throw invalid(
        `Cannot multiply A and B because inner dimension does not match: ${k} vs. ${b.shape[0]}.  Did you forget a transpose?  Dimensions of A: [${m}, ${k}).  Dimensions of B: ${shapeText(b.shape)}`,
      );
    }
    const n = b.shape[1]!;
    const data = allocate(values!.dtype, [m, n]) as Float32Array;
    const sums = values!.dtype === "DT_FLOAT" ? new Float64Array(m * n) : data;
    const at = indices!.data as ArrayLike<number | bigint>;
    const source = values!.data as Float32Array;
    const right = b.data as Float32Array;
    for (let r = 0; r < source.length; r++) {
      const row = Number(at[2 * r + (adjointA ? 1 : 0)]);
      const column = Number(at[2 * r + (adjointA ? 0 : 1)]);
      if (row < 0 || row >= m)
        throw invalid(`m (${row}) from index[${r},${adjointA ? 1 : 0}] out of bounds (>=${m})`);
      if (column < 0 || column >= k)
        throw invalid(`k (${column}) from index[${r},${adjointA ? 0 : 1}] out of bounds (>=${k})`);
      for (let j = 0; j < n; j++) sums[row * n + j]! += source[r]! * right[column * n + j]!;
    }
    if (sums !== data) data.set(sums);
    return { dtype: values!.dtype, shape: [m, n], data };
  };
};

function reorder(indices: Value, values: Value, shape: Value): Value[] {
  const strides = stridesOf(ints(shape));
  const at = indices.data as ArrayLike<number | bigint>;
  const keys = Array.from({ length: indices.shape[0]! }, (_, r) => flatIndex(at, r, strides));
  const order = keys.map((_, r) => r).sort((a, b) => keys[a]! - keys[b]! || a - b);
  return [take(indices, 0, order), take(values, 0, order)];
}

function sparseReshape(indices: Value, shape: Value, wanted: Value): Value[] {
  const old = ints(shape);
  const next = reshape({ dtype: "DT_UINT8", shape: old, data: new Uint8Array(0) }, ints(wanted)).shape;
  const from = stridesOf(old);
  const to = stridesOf(next);
  const at = indices.data as ArrayLike<number | bigint>;
  const out: number[] = [];
  for (let r = 0; r < indices.shape[0]!; r++) {
    let flat = flatIndex(at, r, from);
    for (const stride of to) {
      out.push(stride === 0 ? 0 : Math.floor(flat / stride));
      flat = stride === 0 ? 0 : flat % stride;
    }
  }
  return [
    integers("DT_INT64", [indices.shape[0]!, next.length], out),
    integers("DT_INT64", [next.length], next),
  ];
}

/** Sums, means or square-root means of rows picked by `indices`, one result a segment. */
function sparseSegment(kind: "sum" | "mean" | "sqrtn", numbered: boolean): KernelFactory {
  return () =>
    ([data, indices, segments, count]) => {
      const ids = ints(segments!);
      const picked = gather(data!, indices!, 0, 0);
      const rows = numbered ? scalarInt(count!) : ids.length === 0 ? 0 : ids[ids.length - 1]! + 1;
      const inner = product(data!.shape, 1);
      const shape = [rows, ...data!.shape.slice(1)];
      const out = allocate(data!.dtype, shape) as NumberArray;
      const source = picked.data as NumberArray;
      const counts = new Array<number>(rows).fill(0);
      for (const [i, id] of ids.entries()) {
        if (id < 0 || id >= rows)
          throw invalid(
            `Segment id ${id} out of range [0, ${rows}), possibly because 'segment_ids' input is not sorted.`,
          );
        if (i > 0 && id < ids[i - 1]!) throw invalid("segment ids are not increasing");
        counts[id]!++;
        for (let k = 0; k < inner; k++) out[id * inner + k]! += source[i * inner + k]!;
      }
      if (kind !== "sum") {
        for (const [row, n] of counts.entries()) {
          if (n > 0)
            for (let k = 0; k < inner; k++) out[row * inner + k]! /= kind === "mean" ? n : Math.sqrt(n);
        }
      }
      return { dtype: data!.dtype, shape, data: out };
    };
}

function fillEmptyRows(indices: Value, values: Value, shape: Value, fallback: Value): Value[] {
  const dense = ints(shape);
  const rank = dense.length;
  const rows = dense[0]!;
  const at = indices.data as ArrayLike<number | bigint>;
  const count = indices.shape[0]!;
  const byRow: number[][] = Array.from({ length: rows }, () => []);
  for (let r = 0; r < count; r++) {
    const row = Number(at[r * rank]);
    if (row < 0 || row >= rows) throw invalid(`indices(${r}, 0) is invalid: ${row} >= ${rows}`);
    byRow[row]!.push(r);
  }
  const outIndices: number[] = [];
  const order: number[] = [];
  const empty = new Uint8Array(rows);
  const reverse = new Array<number>(count).fill(0);
  for (const [row, members] of byRow.entries()) {
    if (members.length === 0) {
      empty[row] = 1;
      outIndices.push(row, ...new Array<number>(rank - 1).fill(0));
      order.push(-1);
    }
    for (const r of members) {
      reverse[r] = order.length;
      for (let d = 0; d < rank; d++) outIndices.push(Number(at[r * rank + d]));
      order.push(r);
    }
  }
  const data = allocate(values.dtype, [order.length]) as unknown as unknown[];
  const source = values.data as ArrayLike<unknown>;
  for (const [i, r] of order.entries())
    data[i] = r < 0 ? (fallback.data as ArrayLike<unknown>)[0] : source[r];
  return [
    integers("DT_INT64", [order.length, rank], outIndices),
    { dtype: values.dtype, shape: [order.length], data: data as unknown as Value["data"] },
    { dtype: "DT_BOOL", shape: [rows], data: empty },
    integers("DT_INT64", [count], reverse),
  ];
}

function sparseConcat(inputs: readonly Value[], n: number, axisGiven: number): Value[] {
  const shapes = inputs.slice(2 * n).map(ints);
  const rank = shapes[0]!.length;
  const axis = axisGiven < 0 ? axisGiven + rank : axisGiven;
  const out = shapes[0]!.map((_, d) =>
    d === axis ? shapes.reduce((sum, s) => sum + s[d]!, 0) : Math.max(...shapes.map((s) => s[d]!)),
  );
  const indices: number[] = [];
  let offset = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const at = ints(inputs[i]!);
    for (const [k, v] of at.entries()) indices.push(k % rank === axis ? v + offset : v);
    count += inputs[i]!.shape[0]!;
    offset += shapes[i]![axis]!;
  }
  const dtype = inputs[n]!.dtype;
  const data = allocate(dtype, [count]);
  let at = 0;
  for (let i = 0; i < n; i++) {
    const part = inputs[n + i]!;
    copyRun(data, at * lanesOf(dtype), part.data, 0, product(part.shape) * lanesOf(dtype));
    at += product(part.shape);
  }
  const [sortedIndices, sortedValues] = reorder(
    integers("DT_INT64", [count, rank], indices),
    { dtype, shape: [count], data },
    integers("DT_INT64", [rank], out),
  );
  return [sortedIndices!, sortedValues!, integers("DT_INT64", [rank], out)];
}

export const sparseKernels: KernelTable = {
  SparseToDense:
    () =>
    ([indices, shape, values, fallback]) =>
      toDense(indices!, ints(shape!), values!, fallback!),
  SparseTensorDenseMatMul: sparseDense,
  SparseReorder:
    () =>
    ([indices, values, shape]) =>
      reorder(indices!, values!, shape!),
  SparseReshape:
    () =>
    ([indices, shape, wanted]) =>
      sparseReshape(indices!, shape!, wanted!),
  SparseConcat: (node) => {
    const axis = node.attrs.int("concat_dim");
    const n = node.attrs.int("N");
    return (inputs) => sparseConcat(inputs, n, axis);
  },
  SparseTensorDenseAdd:
    () =>
    ([indices, values, shape, dense]) => {
      const data = (dense!.data as NumberArray).slice() as NumberArray;
      const strides = stridesOf(ints(shape!));
      const at = indices!.data as ArrayLike<number | bigint>;
      const source = values!.data as NumberArray;
      for (let r = 0; r < source.length; r++) data[flatIndex(at, r, strides)]! += source[r]!;
      return { ...dense!, data };
    },
  SparseReduceSum: (node) => {
    const keep = node.attrs.bool("keep_dims");
    return ([indices, values, shape, axes]) => {
      const dims = ints(shape!);
      const gone = new Set(ints(axes!).map((a) => (a < 0 ? a + dims.length : a)));
      const kept = dims.map((n, d) => (gone.has(d) ? 1 : n));
      const strides = stridesOf(kept).map((s, d) => (gone.has(d) ? 0 : s));
      const outShape = keep ? kept : dims.filter((_, d) => !gone.has(d));
      const data = allocate(values!.dtype, outShape) as NumberArray;
      const at = indices!.data as ArrayLike<number | bigint>;
      const source = values!.data as NumberArray;
      for (let r = 0; r < source.length; r++) data[flatIndex(at, r, strides)]! += source[r]!;
      return { dtype: values!.dtype, shape: outShape, data };
    };
  },
  SparseFillEmptyRows:
    () =>
    ([indices, values, shape, fallback]) =>
      fillEmptyRows(indices!, values!, shape!, fallback!),
  SparseSegmentSum: sparseSegment("sum", false),
  SparseSegmentMean: sparseSegment("mean", false),
  SparseSegmentSqrtN: sparseSegment("sqrtn", false),
  SparseSegmentSumWithNumSegments: sparseSegment("sum", true),
  SparseSegmentMeanWithNumSegments: sparseSegment("mean", true),
  SparseSegmentSqrtNWithNumSegments: sparseSegment("sqrtn", true),
  ParseTensor: (node) => {
    const dtype = node.attrs.dtype("out_type");
    return ([x]) => {
      let tensor: Value;
      try {
        tensor = decodeTensorProto(strings(x!)[0]!);
      } catch (error) {
        if (error instanceof TensorError) throw invalid("Could not parse `serialized` as TensorProto.");
        throw error;
      }
      if (tensor.dtype !== dtype) {
        throw invalid(
          `Type mismatch between parsed tensor (${dtypeName(tensor.dtype)}) and dtype (${dtypeName(dtype)})`,
        );
      }
      return tensor;
    };
  },
  SerializeTensor:
    () =>
    ([x]) => ({ dtype: "DT_STRING", shape: [], data: [encodeTensorProto(asTensor(x!, "SerializeTensor"))] }),
};
