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

function raggedToSparse(inputs: readonly Value[], rank: number): Value[] {
  const splits = inputs.slice(0, rank).map(ints);
  const values = inputs[rank]!;
  const inner = values.shape.slice(1);
  const depth = rank + 1 + inner.length;
  const indices: number[] = [];
  const widths = new Array<number>(depth).fill(0);
  widths[0] = splits[0]!.length - 1;
  for (const [d, n] of inner.entries()) widths[rank + 1 + d] = n;
  const innerCount = product(inner);
  const visit = (level: number, row: number, path: number[]): void => {
    const at = splits[level]!;
    const from = at[row]!;
    const to = at[row + 1]!;
    widths[level + 1] = Math.max(widths[level + 1]!, to - from);
    for (let k = from; k < to; k++) {
      if (level + 1 < rank) visit(level + 1, k, [...path, k - from]);
      else {
        for (let j = 0; j < innerCount; j++) {
          indices.push(...path, k - from);
          for (let d = inner.length - 1, rest = j, tail: number[] = []; ; d--) {
            if (d < 0) {
              indices.push(...tail);
              break;
            }
            tail = [rest % inner[d]!, ...tail];
            rest = Math.floor(rest / inner[d]!);
          }
        }
      }
    }
  };
  for (let row = 0; row < splits[0]!.length - 1; row++) visit(0, row, [row]);
  return [
    integers("DT_INT64", [indices.length / depth, depth], indices),
    { ...values, shape: [product(values.shape)] },
    integers("DT_INT64", [depth], widths),
  ];
}

/** Rows given by row splits, value row ids or first dimension sizes, padded to a dense tensor. */
const raggedToTensor: KernelFactory = (node) => {
  const types = node.attrs.strings("row_partition_types");
  return ([shapeGiven, values, fallback, ...partitions]) => {
    const levels: number[][] = [];
    let rows = -1;
    for (const [i, type] of types.entries()) {
      const part = ints(partitions[i]!);
      if (type === "FIRST_DIM_SIZE") rows = part[0]!;
      else if (type === "VALUE_ROWIDS") {
        const previous = levels.length === 0 ? rows : levels[levels.length - 1]!.at(-1)!;
        const splits = new Array<number>(previous + 1).fill(0);
        for (const id of part) {
          if (id < 0 || id >= previous) throw invalid(`value_rowids has an id out of range: ${id}`);
          splits[id + 1]!++;
        }
        for (let k = 1; k < splits.length; k++) splits[k]! += splits[k - 1]!;
        levels.push(splits);
      } else if (type === "ROW_SPLITS") levels.push(part);
      else throw invalid(`Unsupported partition type ${type}`);
    }
    const ragged = levels.length;
    const innerDims = values!.shape.slice(1);
    const natural = [levels[0]!.length - 1];
    for (const splits of levels) {
      let widest = 0;
      for (let k = 1; k < splits.length; k++) widest = Math.max(widest, splits[k]! - splits[k - 1]!);
      natural.push(widest);
    }
    natural.push(...innerDims);
    const wanted = shapeGiven!.shape.length === 0 ? [] : ints(shapeGiven!);
    if (wanted.length > 0 && wanted.length !== natural.length) {
      throw invalid(
        `rt_input.shape and shape=${shapeText(wanted.map((n) => n))} are incompatible: rt_input.rank = ${natural.length} but shape.rank = ${wanted.length}`,
      );
    }
    const shape = natural.map((n, d) => (wanted[d] !== undefined && wanted[d]! >= 0 ? wanted[d]! : n));
    const inner = product(innerDims);
    const data = allocate(values!.dtype, shape) as unknown as unknown[];
    const filler = fallback!.data as ArrayLike<unknown>;
    if (filler.length === 1) data.fill(filler[0]);
    else for (let i = 0; i < data.length; i++) data[i] = filler[i % filler.length];
    const strides = stridesOf(shape);
    const visit = (level: number, row: number, base: number): void => {
      const splits = levels[level]!;
      const width = Math.min(splits[row + 1]! - splits[row]!, shape[level + 1]!);
      for (let k = 0; k < width; k++) {
        const at = base + k * strides[level + 1]!;
        if (level + 1 < ragged) visit(level + 1, splits[row]! + k, at);
        else copyRun(data as unknown as Value["data"], at, values!.data, (splits[row]! + k) * inner, inner);
      }
    };
    for (let row = 0; row < Math.min(natural[0]!, shape[0]!); row++) visit(0, row, row * strides[0]!);
    return { dtype: values!.dtype, shape, data: data as unknown as Value["data"] };
  };
};

const raggedGather: KernelFactory = (node) => {
  const rank = node.attrs.int("PARAMS_RAGGED_RANK");
  return (inputs) => {
    const splits = inputs.slice(0, rank).map(ints);
    const values = inputs[rank]!;
    const indices = inputs[rank + 1]!;
    const wanted = ints(indices);
    let rows = wanted;
    const outSplits: Value[] = [];
    const dims = indices.shape;
    for (let d = 1; d < dims.length; d++) {
      const count = product(dims, 0, d);
      outSplits.push(
        integers(
          inputs[0]!.dtype,
          [count + 1],
          Array.from({ length: count + 1 }, (_, i) => i * dims[d]!),
        ),
      );
    }
    for (const [level, at] of splits.entries()) {
      const made = [0];
      const next: number[] = [];
      for (const row of rows) {
        if (row < 0 || row + 1 >= at.length)
          throw invalid(`indices[${rows.indexOf(row)}] = ${row} is not in [0, ${at.length - 1})`);
        for (let k = at[row]!; k < at[row + 1]!; k++) next.push(k);
        made.push(next.length);
      }
      outSplits.push(integers(inputs[level]!.dtype, [made.length], made));
      rows = next;
    }
    return [...outSplits, take(values, 0, rows)];
  };
};

const raggedRange: KernelFactory = (node) => {
  const splitType = node.attrs.dtype("Tsplits");
  return ([starts, limits, deltas]) => {
    const count = Math.max(product(starts!.shape), product(limits!.shape), product(deltas!.shape));
    const at = (v: Value, i: number): number =>
      Number((v.data as ArrayLike<number | bigint>)[v.shape.length === 0 ? 0 : i]);
    const splits = [0];
    const values: number[] = [];
    for (let i = 0; i < count; i++) {
      const by = at(deltas!, i);
      if (by === 0) throw invalid("Requires delta != 0");
      const n = Math.max(0, Math.ceil((at(limits!, i) - at(starts!, i)) / by));
      for (let k = 0; k < n; k++) values.push(at(starts!, i) + k * by);
      splits.push(values.length);
    }
    const dtype = starts!.dtype;
    const data = allocate(dtype, [values.length]) as unknown as (number | bigint)[];
    for (const [i, v] of values.entries()) data[i] = dtype === "DT_INT64" ? BigInt(v) : v;
    return [
      integers(splitType, [splits.length], splits),
      { dtype, shape: [values.length], data: data as unknown as Value["data"] },
    ];
  };
};

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

/** Sparse and ragged tensors in their parts, and tensors as serialized protos. */
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
  RaggedTensorToSparse: (node) => {
    const rank = node.attrs.int("RAGGED_RANK");
    return (inputs) => raggedToSparse(inputs, rank);
  },
  RaggedTensorToTensor: raggedToTensor,
  RaggedGather: raggedGather,
  RaggedRange: raggedRange,
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
