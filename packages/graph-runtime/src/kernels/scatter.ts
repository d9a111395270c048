import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  bigMax,
  bigMin,
  ints,
  lanesOf,
  product,
  shapeText,
  type Value,
} from "../value.ts";
import { copyRun } from "./gather.ts";

type Update = (old: number, by: number) => number;

/** A copy of a tensor, to be changed. */
export function copyOf(of: Value): Value {
  const data = Array.isArray(of.data) ? [...of.data] : (of.data as Uint8Array).slice();
  return { dtype: of.dtype, shape: of.shape, data };
}

function combine(
  data: Value["data"],
  at: number,
  updates: Value["data"],
  from: number,
  count: number,
  name: string,
  update: Update,
): void {
  if (name === "Update") {
    copyRun(data, at, updates, from, count);
    return;
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const by = updates as BigInt64Array;
    for (let i = 0; i < count; i++) {
      const old = data[at + i]!;
      const x = by[from + i]!;
      data[at + i] =
        name === "Add"
          ? old + x
          : name === "Sub"
            ? old - x
            : name === "Mul"
              ? old * x
              : name === "Min"
                ? bigMin(old, x)
                : bigMax(old, x);
    }
    return;
  }
  const target = data as Float32Array;
  const by = updates as Float32Array;
  for (let i = 0; i < count; i++) target[at + i] = update(target[at + i]!, by[from + i]!);
}

/** Updates rows of a tensor along its first dimension. */
export function scatterRows(of: Value, indices: Value, updates: Value, name: string, update: Update): Value {
  const result = copyOf(of);
  const rows = of.shape[0] ?? 1;
  const inner = product(of.shape, 1) * lanesOf(of.dtype);
  const at = indices.data as ArrayLike<number | bigint>;
  const same = updates.shape.length === 0 ? 0 : 1;
  for (let i = 0; i < at.length; i++) {
    const index = Number(at[i]);
    if (index < 0 || index >= rows) throw invalid(`indices[${i}] = ${index} is not in [0, ${rows})`);
    if (same === 1) combine(result.data, index * inner, updates.data, i * inner, inner, name, update);
    else
      for (let k = 0; k < inner; k++)
        combine(result.data, index * inner + k, updates.data, 0, 1, name, update);
  }
  return result;
}

/** Writes `updates` into a copy of `into` at `indices`. */
export function scatterNd(into: Value, indices: Value, updates: Value, name: string, update: Update): Value {
  const depth = indices.shape[indices.shape.length - 1] ?? 1;
  const shape = into.shape;
  if (depth > shape.length) {
    throw invalid(
      `Index innermost dimension length must be <= output rank; saw: ${depth} vs. ${shape.length}`,
    );
  }
  const rows = product(indices.shape, 0, indices.shape.length - 1);
  const inner = product(shape, depth) * lanesOf(into.dtype);
  if (product(updates.shape) !== rows * product(shape, depth) && updates.shape.length > 0) {
    throw invalid(
      `Dimensions [0,${indices.shape.length - 1}) of indices[shape=${shapeText(indices.shape)}] must match dimensions [0,${indices.shape.length - 1}) of updates[shape=${shapeText(updates.shape)}]`,
    );
  }
  const at = indices.data as ArrayLike<number | bigint>;
  for (let r = 0; r < rows; r++) {
    let offset = 0;
    for (let d = 0; d < depth; d++) {
      const index = Number(at[r * depth + d]);
      if (index < 0 || index >= shape[d]!) {
        const position = Array.from({ length: depth }, (_, k) => at[r * depth + k]).join(", ");
        throw invalid(`indices[${r}] = [${position}] does not index into shape ${shapeText(shape)}`);
      }
      offset = offset * shape[d]! + index;
    }
    if (updates.shape.length === 0 && inner !== 1) {
      for (let k = 0; k < inner; k++)
        combine(into.data, offset * inner + k, updates.data, 0, 1, name, update);
    } else
      combine(
        into.data,
        offset * inner,
        updates.data,
        updates.shape.length === 0 ? 0 : r * inner,
        inner,
        name,
        update,
      );
  }
  return into;
}

const tensorScatter =
  (name: string, update: Update): KernelFactory =>
  () =>
  ([tensor, indices, updates]) =>
    scatterNd(copyOf(tensor!), indices!, updates!, name, update);

/** Updates of tensors by index. */
export const scatterKernels: KernelTable = {
  ScatterNd:
    () =>
    ([indices, updates, shape]) => {
      const size = ints(shape!);
      const into: Value = { dtype: updates!.dtype, shape: size, data: allocate(updates!.dtype, size) };
      const sums = arithmeticOf(updates!.dtype) !== "string" && updates!.dtype !== "DT_BOOL";
      return scatterNd(into, indices!, updates!, sums ? "Add" : "Update", (a, b) => a + b);
    },
  ScatterNdNonAliasingAdd: tensorScatter("Add", (a, b) => a + b),
  TensorScatterUpdate: tensorScatter("Update", (_, b) => b),
  TensorScatterAdd: tensorScatter("Add", (a, b) => a + b),
  TensorScatterSub: tensorScatter("Sub", (a, b) => a - b),
  TensorScatterMin: tensorScatter("Min", Math.min),
  TensorScatterMax: tensorScatter("Max", Math.max),
};
