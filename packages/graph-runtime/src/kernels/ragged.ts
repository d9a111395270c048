import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, integers, ints, product, shapeText, type Value } from "../value.ts";
import { copyRun } from "./gather.ts";
import { take } from "./rearrange.ts";
import { stridesOf } from "./strided.ts";

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

export const raggedKernels: KernelTable = {
  RaggedTensorToSparse: (node) => {
    const rank = node.attrs.int("RAGGED_RANK");
    return (inputs) => raggedToSparse(inputs, rank);
  },
  RaggedTensorToTensor: raggedToTensor,
  RaggedGather: raggedGather,
  RaggedRange: raggedRange,
};
