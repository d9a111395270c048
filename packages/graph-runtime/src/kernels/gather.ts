import { invalid } from "../graph-error.ts";
import type { KernelTable } from "../kernel.ts";
import { allocate, lanesOf, product, scalarInt, shapeText, type Value } from "../value.ts";

type Copy = { set(from: unknown, at: number): void; subarray(a: number, b: number): unknown };

/** Copies runs of elements between arrays of one kind, strings included. */
export function copyRun(
  out: Value["data"],
  at: number,
  source: Value["data"],
  from: number,
  count: number,
): void {
  if (Array.isArray(out)) {
    const target = out as unknown[];
    const items = source as readonly unknown[];
    for (let i = 0; i < count; i++) target[at + i] = items[from + i];
  } else if (count < 16) {
    const target = out as unknown as number[];
    const items = source as unknown as number[];
    for (let i = 0; i < count; i++) target[at + i] = items[from + i]!;
  } else {
    (out as unknown as Copy).set((source as unknown as Copy).subarray(from, from + count), at);
  }
}

function indexText(flat: number, shape: readonly number[]): string {
  const position: number[] = [];
  for (let d = shape.length - 1, rest = flat; d >= 0; d--) {
    position.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return position.length > 0 ? `[${position.join(",")}]` : "";
}

/**
 * Slices of `params` along `axis`.
 * @throws GraphError for an index outside, as TensorFlow words it
 */
export function gather(params: Value, indices: Value, axisGiven: number, batchGiven: number): Value {
  const rank = params.shape.length;
  const batch = batchGiven < 0 ? batchGiven + indices.shape.length : batchGiven;
  const axis = axisGiven < 0 ? axisGiven + rank : axisGiven;
  if (axis < 0 || axis >= Math.max(rank, 1))
    throw invalid(`Expected axis in the range [${-rank}, ${rank}), but got ${axisGiven}`);
  if (rank === 0) throw invalid("params must be at least 1 dimensional");
  if (batch < 0 || batch > indices.shape.length || batch > axis) {
    throw invalid(`batch_dims (${batch}) must be less than or equal to axis (${axis})`);
  }
  for (let i = 0; i < batch; i++) {
    if (params.shape[i] !== indices.shape[i]) {
      throw invalid(
        `params.shape[${i}]: ${params.shape[i]} should be equal to indices.shape[${i}]: ${indices.shape[i]}`,
      );
    }
  }
  const limit = params.shape[axis]!;
  const at = indices.data as ArrayLike<number | bigint>;
  for (let i = 0; i < at.length; i++) {
    const index = Number(at[i]);
    if (index < 0 || index >= limit) {
      throw invalid(`indices${indexText(i, indices.shape)} = ${index} is not in [0, ${limit})`);
    }
  }
  const shape = [
    ...params.shape.slice(0, batch),
    ...params.shape.slice(batch, axis),
    ...indices.shape.slice(batch),
    ...params.shape.slice(axis + 1),
  ];
  const data = allocate(params.dtype, shape);
  const lanes = lanesOf(params.dtype);
  const batches = product(params.shape, 0, batch);
  const outer = product(params.shape, batch, axis);
  const inner = product(params.shape, axis + 1) * lanes;
  const count = product(indices.shape, batch);
  let out = 0;
  for (let b = 0; b < batches; b++) {
    for (let o = 0; o < outer; o++) {
      const base = (b * outer + o) * limit * inner;
      for (let i = 0; i < count; i++, out += inner) {
        copyRun(data, out, params.data, base + Number(at[b * count + i]) * inner, inner);
      }
    }
  }
  return { dtype: params.dtype, shape, data };
}

/** @throws GraphError for an index outside */
export function gatherNd(params: Value, indices: Value, batch: number, name: string): Value {
  const depth = indices.shape[indices.shape.length - 1] ?? 0;
  if (indices.shape.length < 1) throw invalid("indices must be at least a vector");
  if (depth + batch > params.shape.length) {
    throw invalid(
      `index innermost dimension length must be <= params rank; saw: ${depth} vs. ${params.shape.length}`,
    );
  }
  const outerShape = indices.shape.slice(0, -1);
  const sliceShape = params.shape.slice(batch + depth);
  const shape = [...outerShape, ...sliceShape];
  const data = allocate(params.dtype, shape);
  const inner = product(sliceShape) * lanesOf(params.dtype);
  const rows = product(outerShape);
  const batches = product(params.shape, 0, batch);
  const perBatch = batches === 0 ? 0 : rows / batches;
  const batchSize = product(params.shape, batch) * lanesOf(params.dtype);
  const at = indices.data as ArrayLike<number | bigint>;
  for (let r = 0; r < rows; r++) {
    let offset = 0;
    for (let d = 0; d < depth; d++) {
      const index = Number(at[r * depth + d]);
      const size = params.shape[batch + d]!;
      if (index < 0 || index >= size) {
        const position = Array.from({ length: depth }, (_, k) => at[r * depth + k]).join(", ");
        throw invalid(
          `indices${indexText(r, outerShape)} = [${position}] does not index into param shape ${shapeText(params.shape)}, node name: ${name}`,
        );
      }
      offset = offset * size + index;
    }
    const base = batch > 0 ? Math.floor(r / perBatch) * batchSize : 0;
    copyRun(data, r * inner, params.data, base + offset * inner, inner);
  }
  return { dtype: params.dtype, shape, data };
}

export const gatherKernels: KernelTable = {
  Gather:
    () =>
    ([params, indices]) =>
      gather(params!, indices!, 0, 0),
  GatherV2: (node) => {
    const batch = node.attrs.int("batch_dims");
    return ([params, indices, axis]) => gather(params!, indices!, scalarInt(axis!), batch);
  },
  GatherNd:
    (node) =>
    ([params, indices]) =>
      gatherNd(params!, indices!, 0, node.name),
};
