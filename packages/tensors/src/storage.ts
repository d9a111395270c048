import { DTYPE_FACTS, type DType, shortName } from "./dtype.ts";
import type { Tensor, TensorData } from "./tensor.ts";
import { TensorError } from "./tensor-error.ts";

/** Typed array of some element kind. */
type NumericData = Exclude<TensorData, readonly Uint8Array[]>;

const MAX_ELEMENTS = 2 ** 53 - 1;

/** Whether this host stores numbers as tensor_content does. All common ones do. */
export const hostIsLittleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Product of the dimensions; 1 for a scalar.
 * @throws TensorError `invalid-shape` for a negative or fractional dimension, or a product beyond 2^53 - 1.
 */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new TensorError("invalid-shape", `dimension ${size} of shape [${shape.join(",")}] is not a size`);
    }
    count *= size;
    if (count > MAX_ELEMENTS)
      throw new TensorError("invalid-shape", `shape [${shape.join(",")}] is too large`);
  }
  return count;
}

/**
 * Zeroed storage for `count` elements of a dtype (twice as many array entries for complex ones; empty byte strings
 * for DT_STRING).
 * @throws TensorError for a dtype without dense elements, or more than the runtime can allocate.
 */
export function allocate(dtype: DType, count: number): TensorData {
  const { kind, lanes } = DTYPE_FACTS[dtype];
  const entries = count * lanes;
  try {
    switch (kind) {
      case "float32":
        return new Float32Array(entries);
      case "float64":
        return new Float64Array(entries);
      case "int8":
        return new Int8Array(entries);
      case "uint8":
        return new Uint8Array(entries);
      case "int16":
        return new Int16Array(entries);
      case "uint16":
        return new Uint16Array(entries);
      case "int32":
        return new Int32Array(entries);
      case "uint32":
        return new Uint32Array(entries);
      case "int64":
        return new BigInt64Array(entries);
      case "uint64":
        return new BigUint64Array(entries);
      case "bytes":
        return new Array<Uint8Array>(entries).fill(new Uint8Array(0));
      case "none":
        break;
    }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new TensorError("too-large", `${count} elements of ${shortName(dtype)} do not fit into memory`);
    }
    throw error;
  }
  throw new TensorError("unsupported-dtype", `${dtype} has no elements that can be held as an array`);
}

/**
 * `count` elements of a dtype over existing little-endian bytes: a view where alignment allows, else one copy.
 * `bytes` must hold exactly `count * byteWidth(dtype)` bytes. Not for strings.
 */
export function viewElements(dtype: DType, bytes: Uint8Array, count: number): NumericData {
  const { kind, lanes, width } = DTYPE_FACTS[dtype];
  const entryWidth = width / lanes;
  const aligned = hostIsLittleEndian && bytes.byteOffset % entryWidth === 0;
  let source = bytes;
  if (!aligned) {
    // not slice(): of a Node Buffer that is a view, as little aligned as before
    source = new Uint8Array(bytes);
    if (!hostIsLittleEndian) swapBytes(source, entryWidth);
  }
  const { buffer, byteOffset } = source;
  const entries = count * lanes;
  switch (kind) {
    case "float32":
      return new Float32Array(buffer, byteOffset, entries);
    case "float64":
      return new Float64Array(buffer, byteOffset, entries);
    case "int8":
      return new Int8Array(buffer, byteOffset, entries);
    case "uint8":
      return new Uint8Array(buffer, byteOffset, entries);
    case "int16":
      return new Int16Array(buffer, byteOffset, entries);
    case "uint16":
      return new Uint16Array(buffer, byteOffset, entries);
    case "int32":
      return new Int32Array(buffer, byteOffset, entries);
    case "uint32":
      return new Uint32Array(buffer, byteOffset, entries);
    case "int64":
      return new BigInt64Array(buffer, byteOffset, entries);
    case "uint64":
      return new BigUint64Array(buffer, byteOffset, entries);
    default:
      throw new TensorError("unsupported-dtype", `${dtype} has no fixed width`);
  }
}

/** The little-endian bytes of a tensor's elements: the caller's own buffer, copied only on a big-endian host. Not for strings. */
export function elementBytes(tensor: Tensor): Uint8Array {
  const data = tensor.data;
  if (isStringData(data))
    throw new TensorError("unsupported-dtype", "strings have no fixed-width element bytes");
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (hostIsLittleEndian || data.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  swapBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}

/** Reverses each group of `width` bytes in place. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  if (width < 2) return;
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

/** Narrows to the byte strings of a DT_STRING tensor. */
export function isStringData(data: TensorData): data is readonly Uint8Array[] {
  return Array.isArray(data);
}

const KIND_OF_ARRAY: Readonly<Record<string, string>> = {
  Float32Array: "float32",
  Float64Array: "float64",
  Int8Array: "int8",
  Uint8Array: "uint8",
  Buffer: "uint8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Int32Array: "int32",
  Uint32Array: "uint32",
  BigInt64Array: "int64",
  BigUint64Array: "uint64",
};

/**
 * Checks that data and dtype belong together and that the number of elements is the shape's.
 * @throws TensorError
 */
export function checkTensor(tensor: Tensor): void {
  const { kind, lanes } = DTYPE_FACTS[tensor.dtype];
  if (kind === "none") {
    throw new TensorError(
      "unsupported-dtype",
      `${tensor.dtype} has no elements that can be held as an array`,
    );
  }
  const given = isStringData(tensor.data) ? "bytes" : KIND_OF_ARRAY[tensor.data.constructor.name];
  if (given !== kind) {
    const name = isStringData(tensor.data) ? "an array of byte strings" : tensor.data.constructor.name;
    throw new TensorError("invalid-value", `${tensor.dtype} wants ${kind} elements but got ${name}`);
  }
  const want = elementCount(tensor.shape) * lanes;
  if (tensor.data.length !== want) {
    throw new TensorError(
      "invalid-shape",
      `shape [${tensor.shape.join(",")}] of ${tensor.dtype} wants ${want} array entries but got ${tensor.data.length}`,
    );
  }
}
