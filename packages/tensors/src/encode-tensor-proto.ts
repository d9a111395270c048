import { DTYPE_FACTS, DTYPE_NUMBERS, type DType } from "./dtype.ts";
import { checkTensor, elementBytes, isStringData } from "./storage.ts";
import type { Tensor } from "./tensor.ts";
import { TensorError } from "./tensor-error.ts";
import { putVarint, putVarint64, varint64Size, varintSize } from "./wire-writer.ts";

const LENGTH_DELIMITED = 2;
const TENSOR_CONTENT = (4 << 3) | LENGTH_DELIMITED;

/** Bytes of a shape's dims: `12 len {08 size}` each; a dimension of 0 is an empty Dim. */
function shapeSize(shape: readonly number[]): number {
  let size = 0;
  for (const dimension of shape) size += 2 + (dimension === 0 ? 0 : 1 + varintSize(dimension));
  return size;
}

/** dtype and tensor_shape. The shape is written even when empty, as the server does. */
function headerSize(tensor: Tensor): number {
  const shape = shapeSize(tensor.shape);
  return 1 + varintSize(DTYPE_NUMBERS[tensor.dtype]) + 1 + varintSize(shape) + shape;
}

function putHeader(target: Uint8Array, offset: number, tensor: Tensor): number {
  let at = putVarint(target, offset, (1 << 3) | 0);
  at = putVarint(target, at, DTYPE_NUMBERS[tensor.dtype]);
  at = putVarint(target, at, (2 << 3) | LENGTH_DELIMITED);
  at = putVarint(target, at, shapeSize(tensor.shape));
  for (const dimension of tensor.shape) {
    at = putVarint(target, at, (2 << 3) | LENGTH_DELIMITED);
    at = putVarint(target, at, dimension === 0 ? 0 : 1 + varintSize(dimension));
    if (dimension !== 0) {
      at = putVarint(target, at, 1 << 3);
      at = putVarint(target, at, dimension);
    }
  }
  return at;
}

function stringsSize(strings: readonly Uint8Array[]): number {
  let size = 0;
  for (const value of strings) size += 1 + varintSize(value.length) + value.length;
  return size;
}

function checkBooleans(data: Uint8Array): void {
  const at = data.findIndex((value) => value > 1);
  if (at >= 0) {
    throw new TensorError(
      "invalid-value",
      `element ${at} of a DT_BOOL tensor is ${data[at]}; the server takes 0 and 1 only`,
    );
  }
}

/**
 * Bytes of the serialized TensorProto that `putTensorProto` will write.
 * @throws TensorError if dtype, shape and data do not belong together.
 */
export function tensorProtoSize(tensor: Tensor): number {
  checkTensor(tensor);
  const header = headerSize(tensor);
  if (isStringData(tensor.data)) return header + stringsSize(tensor.data);
  if (tensor.dtype === "DT_BOOL") checkBooleans(tensor.data as Uint8Array);
  const bytes = tensor.data.byteLength;
  return bytes === 0 ? header : header + 1 + varintSize(bytes) + bytes;
}

/**
 * Writes a serialized TensorProto at `offset` and returns the offset behind it: a header of a few bytes, then the
 * caller's buffer in one copy as tensor_content (little-endian, row-major); strings as string_val.
 * `target` must have `tensorProtoSize(tensor)` bytes left; that call also checks the tensor.
 */
export function putTensorProto(target: Uint8Array, offset: number, tensor: Tensor): number {
  let at = putHeader(target, offset, tensor);
  if (isStringData(tensor.data)) return putByteStrings(target, at, 8, tensor.data);
  const bytes = elementBytes(tensor);
  if (bytes.length === 0) return at;
  at = putVarint(target, at, TENSOR_CONTENT);
  at = putVarint(target, at, bytes.length);
  target.set(bytes, at);
  return at + bytes.length;
}

function putByteStrings(
  target: Uint8Array,
  offset: number,
  field: number,
  values: readonly Uint8Array[],
): number {
  let at = offset;
  for (const value of values) {
    at = putVarint(target, at, (field << 3) | LENGTH_DELIMITED);
    at = putVarint(target, at, value.length);
    target.set(value, at);
    at += value.length;
  }
  return at;
}

/**
 * A serialized TensorProto as a client sends it: tensor_content with the caller's bytes, string_val for strings.
 * @throws TensorError if dtype, shape and data do not belong together.
 */
export function encodeTensorProto(tensor: Tensor): Uint8Array {
  const bytes = new Uint8Array(tensorProtoSize(tensor));
  putTensorProto(bytes, 0, tensor);
  return bytes;
}

/** Field number of the typed list that holds a dtype (TensorProto in tensor.proto). */
export function listField(dtype: DType): number {
  switch (dtype) {
    case "DT_FLOAT":
      return 5;
    case "DT_DOUBLE":
      return 6;
    case "DT_STRING":
      return 8;
    case "DT_COMPLEX64":
      return 9;
    case "DT_INT64":
      return 10;
    case "DT_BOOL":
      return 11;
    case "DT_COMPLEX128":
      return 12;
    case "DT_HALF":
    case "DT_BFLOAT16":
      return 13;
    case "DT_UINT32":
      return 16;
    case "DT_UINT64":
      return 17;
    case "DT_FLOAT8_E5M2":
    case "DT_FLOAT8_E4M3FN":
      return 18;
    default:
      return 7;
  }
}

/**
 * A serialized TensorProto as the model server answers (Tensor::AsProtoField): every value in the dtype's typed list,
 * packed, never shortened.
 * @throws TensorError if dtype, shape and data do not belong together.
 */
export function encodeTensorProtoFields(tensor: Tensor): Uint8Array {
  checkTensor(tensor);
  const header = headerSize(tensor);
  const { data, dtype } = tensor;
  const field = listField(dtype);
  const tag = (field << 3) | LENGTH_DELIMITED;
  if (isStringData(data)) {
    const bytes = new Uint8Array(header + stringsSize(data));
    putByteStrings(bytes, putHeader(bytes, 0, tensor), field, data);
    return bytes;
  }
  let size = 0;
  const { kind } = DTYPE_FACTS[dtype];
  const raw = kind === "float32" || kind === "float64" || field === 18 || dtype === "DT_BOOL";
  if (dtype === "DT_BOOL") checkBooleans(data as Uint8Array);
  if (raw) size = data.byteLength;
  else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (const value of data) size += varint64Size(value);
  } else {
    for (const value of data) size += value < 0 ? 10 : varintSize(value);
  }
  const prefix = size === 0 ? 0 : varintSize(tag) + varintSize(size);
  const bytes = new Uint8Array(header + prefix + size);
  let at = putHeader(bytes, 0, tensor);
  if (size === 0) return bytes;
  at = putVarint(bytes, at, tag);
  at = putVarint(bytes, at, size);
  if (raw) bytes.set(elementBytes(tensor), at);
  else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (const value of data) at = putVarint64(bytes, at, value);
  } else {
    for (const value of data)
      at = value < 0 ? putVarint64(bytes, at, BigInt(value)) : putVarint(bytes, at, value);
  }
  return bytes;
}
