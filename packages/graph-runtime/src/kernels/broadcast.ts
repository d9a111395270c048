import { invalid } from "../graph-error.ts";
import { shapeText } from "../value.ts";

/** How two operands line up: equal neighbouring dimensions are merged; strides count elements, 0 repeats. */
export interface Broadcast {
  readonly shape: readonly number[];
  /** Merged dimensions, outermost first; at least one. */
  readonly dims: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * Shape of an elementwise operation.
 * @throws GraphError (INVALID_ARGUMENT) as TensorFlow words it
 */
export function broadcastShape(a: readonly number[], b: readonly number[], fail = incompatible): number[] {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const da = a[a.length - rank + i] ?? 1;
    const db = b[b.length - rank + i] ?? 1;
    if (da !== db && da !== 1 && db !== 1) throw fail(a, b);
    shape[i] = da === 1 ? db : da;
  }
  return shape;
}

function incompatible(a: readonly number[], b: readonly number[]) {
  return invalid(`Incompatible shapes: ${shapeText(a)} vs. ${shapeText(b)}`);
}

/** Strides of `shape` seen as `target`, in elements; 0 where it is repeated. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const at = target.length - shape.length + i;
    strides[at] = shape[i] === 1 && target[at] !== 1 ? 0 : stride;
    stride *= shape[i]!;
  }
  return strides;
}

export function broadcast(a: readonly number[], b: readonly number[]): Broadcast {
  const shape = broadcastShape(a, b);
  const sa = broadcastStrides(a, shape);
  const sb = broadcastStrides(b, shape);
  const dims: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i]!;
    if (size === 1) continue;
    const last = dims.length - 1;
    // The dimension before can be merged if its stride is this one's whole extent, on both sides.
    if (last >= 0 && left[last] === sa[i]! * size && right[last] === sb[i]! * size) {
      dims[last] = dims[last]! * size;
      left[last] = sa[i]!;
      right[last] = sb[i]!;
    } else {
      dims.push(size);
      left.push(sa[i]!);
      right.push(sb[i]!);
    }
  }
  if (dims.length === 0) {
    dims.push(1);
    left.push(0);
    right.push(0);
  }
  return { shape, dims, left, right };
}

/** One run along the innermost merged dimension. */
export type Row = (out: number, a: number, stepA: number, b: number, stepB: number, count: number) => void;

/** Calls `row` for every innermost run, in order of the result. */
export function eachRow({ dims, left, right }: Broadcast, row: Row): void {
  const rank = dims.length;
  const count = dims[rank - 1]!;
  const stepA = left[rank - 1]!;
  const stepB = right[rank - 1]!;
  let rows = 1;
  for (let i = 0; i < rank - 1; i++) rows *= dims[i]!;
  if (count === 0) return;
  const index = new Array<number>(rank).fill(0);
  let a = 0;
  let b = 0;
  for (let r = 0, out = 0; r < rows; r++, out += count) {
    row(out, a, stepA, b, stepB, count);
    for (let d = rank - 2; d >= 0; d--) {
      index[d] = index[d]! + 1;
      a += left[d]!;
      b += right[d]!;
      if (index[d]! < dims[d]!) break;
      a -= left[d]! * dims[d]!;
      b -= right[d]! * dims[d]!;
      index[d] = 0;
    }
  }
}

/** Calls `visit(out, source)` for every index of `target`, where the source moves by `strides` from `start`. */
export function eachStrided(
  target: readonly number[],
  strides: readonly number[],
  visit: (out: number, source: number) => void,
  start = 0,
): void {
  const rank = target.length;
  if (rank === 0) {
    visit(0, start);
    return;
  }
  let rows = 1;
  for (let i = 0; i < rank - 1; i++) rows *= target[i]!;
  const count = target[rank - 1]!;
  const step = strides[rank - 1]!;
  const index = new Array<number>(rank).fill(0);
  let base = start;
  let out = 0;
  for (let r = 0; r < rows; r++) {
    for (let i = 0, source = base; i < count; i++, source += step) visit(out++, source);
    for (let d = rank - 2; d >= 0; d--) {
      index[d] = index[d]! + 1;
      base += strides[d]!;
      if (index[d]! < target[d]!) break;
      base -= strides[d]! * target[d]!;
      index[d] = 0;
    }
  }
}
