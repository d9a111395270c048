import type { DType } from "./dtype.ts";

/**
 * Elements in row-major order:
 * float32 → Float32Array; float64 → Float64Array; int8/16/32, uint8/16/32 and quantised ones → the matching typed array;
 * int64 → BigInt64Array; uint64 → BigUint64Array; bool → Uint8Array of 0 and 1; half and bfloat16 → Uint16Array of their
 * bits; float8 → Uint8Array of their bits; int4/uint4 → Int8Array/Uint8Array, one element a byte; complex64 →
 * Float32Array and complex128 → Float64Array of (re, im) pairs; string → byte strings.
 */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly Uint8Array[];

/** A dense tensor in memory. `shape` has no unknown dimension; a scalar has the empty shape. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Shape of a signature's tensor: null for unknown rank, -1 for an unknown dimension. */
export type PartialShape = readonly number[] | null;
