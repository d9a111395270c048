import type { DType, Tensor, TensorData } from "@servable/tensors";
import { GraphError } from "./graph-error.ts";

/** A handle of DT_RESOURCE: names one variable, table, … of the model. */
export interface ResourceHandle {
  readonly kind: "resource";
  readonly container: string;
  readonly name: string;
  /** Resource made without a name (hash tables of `anonymous` kind, stacks), kept by the handle itself. */
  readonly object?: unknown;
}

/** An element of DT_VARIANT. */
export interface VariantItem {
  readonly kind: "variant";
}

/** What flows along the edges of a graph: a tensor, or one whose elements only the graph understands. */
export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData | readonly ResourceHandle[] | readonly VariantItem[];
  /** Set on outputs of reference type (`VariableV2`, `Assign`): where the value lives. */
  readonly ref?: RefVariable;
}

/** A variable of the TF1 reference kind. */
export interface RefVariable {
  readonly name: string;
  /** Declared shape, if it is fully known. */
  readonly shape: readonly number[] | undefined;
  value: Value | undefined;
  version: number;
}

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;
export type BigArray = BigInt64Array | BigUint64Array;

/** How elements of a dtype are computed with. */
export type Arithmetic = "number" | "bigint" | "half" | "complex" | "string" | "other";

const ARITHMETIC: Readonly<Record<DType, Arithmetic>> = {
  DT_INVALID: "other",
  DT_FLOAT: "number",
  DT_DOUBLE: "number",
  DT_INT32: "number",
  DT_UINT8: "number",
  DT_INT16: "number",
  DT_INT8: "number",
  DT_STRING: "string",
  DT_COMPLEX64: "complex",
  DT_INT64: "bigint",
  DT_BOOL: "number",
  DT_QINT8: "number",
  DT_QUINT8: "number",
  DT_QINT32: "number",
  DT_BFLOAT16: "half",
  DT_QINT16: "number",
  DT_QUINT16: "number",
  DT_UINT16: "number",
  DT_COMPLEX128: "complex",
  DT_HALF: "half",
  DT_RESOURCE: "other",
  DT_VARIANT: "other",
  DT_UINT32: "number",
  DT_UINT64: "bigint",
  DT_FLOAT8_E5M2: "other",
  DT_FLOAT8_E4M3FN: "other",
  DT_INT4: "number",
  DT_UINT4: "number",
};

export function arithmeticOf(dtype: DType): Arithmetic {
  return ARITHMETIC[dtype];
}

/** A dtype as TensorFlow's messages write it: `DT_FLOAT` is `float`. */
export function dtypeName(dtype: DType): string {
  return dtype.slice(3).toLowerCase();
}

/** A shape as TensorFlow's messages write it: `[2,3]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(",")}]`;
}

const WIDTH: Partial<Record<DType, number>> = {
  DT_DOUBLE: 8,
  DT_INT64: 8,
  DT_UINT64: 8,
  DT_COMPLEX64: 8,
  DT_COMPLEX128: 16,
  DT_FLOAT: 4,
  DT_INT32: 4,
  DT_UINT32: 4,
  DT_QINT32: 4,
  DT_HALF: 2,
  DT_BFLOAT16: 2,
  DT_INT16: 2,
  DT_UINT16: 2,
  DT_QINT16: 2,
  DT_QUINT16: 2,
  DT_STRING: 8,
  DT_VARIANT: 8,
  DT_RESOURCE: 8,
};

/** Most bytes that one tensor may take. */
const MAX_TENSOR_BYTES = 2 ** 31;

/**
 * Number of elements of a shape.
 * @throws GraphError (RESOURCE_EXHAUSTED) if a tensor of that size must not be allocated, with TensorFlow's words
 */
export function countOf(shape: readonly number[], dtype: DType = "DT_FLOAT"): number {
  let count = 1;
  for (const size of shape) {
    if (!(size >= 0))
      throw new GraphError("INVALID_ARGUMENT", `Shape ${shapeText(shape)} has negative dimensions`);
    count *= size;
  }
  if (count * (WIDTH[dtype] ?? 1) > MAX_TENSOR_BYTES) {
    throw new GraphError(
      "RESOURCE_EXHAUSTED",
      `OOM when allocating tensor with shape${shapeText(shape)} and type ${dtypeName(dtype)} on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu`,
    );
  }
  return count;
}

/** Product of dimensions that are already known to be those of a tensor. */
export function product(shape: readonly number[], from = 0, to: number = shape.length): number {
  let count = 1;
  for (let i = from; i < to; i++) count *= shape[i]!;
  return count;
}

/** Larger of two 64-bit integers. */
export function bigMax(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** Smaller of two 64-bit integers. */
export function bigMin(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

/** Zeroed storage for the elements of a tensor of this shape. @throws GraphError if it is too large */
export function allocate(dtype: DType, shape: readonly number[]): TensorData {
  return storage(dtype, countOf(shape, dtype));
}

/** Zeroed storage for `count` elements. */
export function storage(dtype: DType, count: number): TensorData {
  switch (dtype) {
    case "DT_FLOAT":
      return new Float32Array(count);
    case "DT_DOUBLE":
      return new Float64Array(count);
    case "DT_INT32":
    case "DT_QINT32":
      return new Int32Array(count);
    case "DT_INT64":
      return new BigInt64Array(count);
    case "DT_UINT64":
      return new BigUint64Array(count);
    case "DT_BOOL":
    case "DT_UINT8":
    case "DT_QUINT8":
    case "DT_UINT4":
    case "DT_FLOAT8_E5M2":
    case "DT_FLOAT8_E4M3FN":
      return new Uint8Array(count);
    case "DT_INT8":
    case "DT_QINT8":
    case "DT_INT4":
      return new Int8Array(count);
    case "DT_INT16":
    case "DT_QINT16":
      return new Int16Array(count);
    case "DT_UINT16":
    case "DT_QUINT16":
    case "DT_HALF":
    case "DT_BFLOAT16":
      return new Uint16Array(count);
    case "DT_UINT32":
      return new Uint32Array(count);
    case "DT_COMPLEX64":
      return new Float32Array(count * 2);
    case "DT_COMPLEX128":
      return new Float64Array(count * 2);
    case "DT_STRING":
      return new Array<Uint8Array>(count).fill(EMPTY_BYTES);
    case "DT_VARIANT":
      return new Array<VariantItem>(count).fill({ kind: "variant" }) as unknown as TensorData;
    default:
      throw new GraphError("UNIMPLEMENTED", `${dtypeName(dtype)} tensors cannot be made`);
  }
}

/** Array entries per element: two for complex numbers. */
export function lanesOf(dtype: DType): number {
  return dtype === "DT_COMPLEX64" || dtype === "DT_COMPLEX128" ? 2 : 1;
}

/** Scalars and vectors of small integers, the usual form of shapes, axes and the like. */
export function ints(of: Value): number[] {
  const data = of.data as ArrayLike<number | bigint>;
  const result = new Array<number>(data.length);
  for (let i = 0; i < data.length; i++) result[i] = Number(data[i]);
  return result;
}

/** The first element as a number. @throws GraphError for a tensor without elements */
export function scalarInt(of: Value): number {
  const data = of.data as ArrayLike<number | bigint>;
  if (data.length < 1)
    throw new GraphError("INVALID_ARGUMENT", `expected a scalar, got shape ${shapeText(of.shape)}`);
  return Number(data[0]);
}

/** A vector or scalar of int32 or int64. */
export function integers(dtype: DType, shape: readonly number[], values: readonly number[]): Value {
  const data = dtype === "DT_INT64" ? BigInt64Array.from(values, (v) => BigInt(v)) : Int32Array.from(values);
  return { dtype, shape, data };
}

export function floats(of: Value): Float32Array {
  return of.data as Float32Array;
}

export function strings(of: Value): readonly Uint8Array[] {
  return of.data as readonly Uint8Array[];
}

/** Hands a value out of the graph. @throws GraphError for what has no array form */
export function asTensor(of: Value, name: string): Tensor {
  if (of.dtype === "DT_RESOURCE" || of.dtype === "DT_VARIANT") {
    throw new GraphError(
      "INVALID_ARGUMENT",
      `output ${name} is a ${dtypeName(of.dtype)}, which has no array form`,
    );
  }
  return { dtype: of.dtype, shape: of.shape, data: of.data as TensorData };
}

export const DEAD: Value = { dtype: "DT_INVALID", shape: [], data: EMPTY_BYTES };
