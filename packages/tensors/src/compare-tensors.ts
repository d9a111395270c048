import { DTYPE_FACTS } from "./dtype.ts";
import { isStringData } from "./storage.ts";
import type { Tensor } from "./tensor.ts";
import { elementAt, isFloating } from "./tensor-json.ts";

export interface Tolerance {
  /** |got - want| <= atol + rtol * |want|, for floating and complex dtypes; others must be equal. Default 0. */
  readonly rtol?: number;
  readonly atol?: number;
}

export interface TensorComparison {
  readonly equal: boolean;
  /** One line: what differs and where; undefined if equal. */
  readonly difference: string | undefined;
  /** Array entries that differ; 0 if dtype or shape already differ. */
  readonly mismatches: number;
  /** Largest |got - want| over finite pairs of floating dtypes. */
  readonly maxAbsoluteDifference: number;
}

/**
 * Compares dtype, shape and values. NaN equals NaN, infinities equal themselves; byte strings and integers are compared
 * exactly.
 */
export function compareTensors(got: Tensor, want: Tensor, tolerance: Tolerance = {}): TensorComparison {
  const refused = (difference: string): TensorComparison => ({
    equal: false,
    difference,
    mismatches: 0,
    maxAbsoluteDifference: Number.NaN,
  });
  if (got.dtype !== want.dtype) return refused(`dtype is ${got.dtype}, expected ${want.dtype}`);
  if (got.shape.length !== want.shape.length || got.shape.some((size, axis) => size !== want.shape[axis])) {
    return refused(`shape is [${got.shape.join(",")}], expected [${want.shape.join(",")}]`);
  }
  if (got.data.length !== want.data.length) {
    return refused(`there are ${got.data.length} values, expected ${want.data.length}`);
  }
  const { lanes } = DTYPE_FACTS[want.dtype];
  const floating = isFloating(want.dtype) || lanes === 2;
  const rtol = tolerance.rtol ?? 0;
  const atol = tolerance.atol ?? 0;
  let mismatches = 0;
  let first = -1;
  let largest = 0;
  for (let index = 0; index < want.data.length; index++) {
    const a = elementAt(got, index);
    const b = elementAt(want, index);
    let same: boolean;
    if (floating) {
      const x = a as number;
      const y = b as number;
      const distance = Math.abs(x - y);
      if (Number.isFinite(distance) && distance > largest) largest = distance;
      same =
        x === y ||
        (Number.isNaN(x) && Number.isNaN(y)) ||
        (Number.isFinite(x) && Number.isFinite(y) && distance <= atol + rtol * Math.abs(y));
    } else if (a instanceof Uint8Array) same = sameBytes(a, b as Uint8Array);
    else same = a === b;
    if (same) continue;
    mismatches++;
    if (first < 0) first = index;
  }
  if (mismatches === 0)
    return { equal: true, difference: undefined, mismatches, maxAbsoluteDifference: largest };
  const place = positionOf(first, want.shape, lanes);
  const limits = floating ? ` (rtol ${rtol}, atol ${atol})` : "";
  return {
    equal: false,
    difference:
      `${mismatches} of ${want.data.length} values differ${limits}; first at ${place}: got ` +
      `${showElement(got, first)}, expected ${showElement(want, first)}`,
    mismatches,
    maxAbsoluteDifference: largest,
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Coordinates of an array entry, as `[0,3]`. */
function positionOf(entry: number, shape: readonly number[], lanes: number): string {
  let rest = Math.floor(entry / lanes);
  const place: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${place.join(",")}]`;
}

function showElement(tensor: Tensor, index: number): string {
  const value = elementAt(tensor, index);
  if (!(value instanceof Uint8Array)) return String(value);
  const text = new TextDecoder().decode(value.subarray(0, 40));
  return `${JSON.stringify(text)}${value.length > 40 ? ` (${value.length} bytes)` : ""}`;
}

/** One line about a tensor: `DT_FLOAT [1,3] 0.5, 0.25, …`. */
export function describeTensor(tensor: Tensor, most = 3): string {
  const shown: string[] = [];
  for (let index = 0; index < Math.min(most, tensor.data.length); index++)
    shown.push(showElement(tensor, index));
  if (tensor.data.length > most) shown.push("…");
  const kind = isStringData(tensor.data) ? "DT_STRING" : tensor.dtype;
  return `${kind} [${tensor.shape.join(",")}] ${shown.join(", ")}`.trimEnd();
}
