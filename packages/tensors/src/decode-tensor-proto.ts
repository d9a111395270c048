import { byteWidth, DTYPE_FACTS, type DType, dtypeOf, shortName } from "./dtype.ts";
import { listField } from "./encode-tensor-proto.ts";
import { allocate, viewElements } from "./storage.ts";
import type { Tensor, TensorData } from "./tensor.ts";
import { TensorError } from "./tensor-error.ts";
import { utf8, WIRE, WireReader } from "./wire-reader.ts";

/** TensorShape::MaxDimensions. */
const MAX_DIMENSIONS = 254;
const INT64_MAX = 2n ** 63n - 1n;

export interface DecodeOptions {
  /**
   * Most bytes to allocate for values that the message does not itself carry (a short list is repeated, a missing one
   * is zero-filled). The server has no such limit but memory. Default 1 GiB.
   */
  readonly maxFilledBytes?: number;
}

/** What a message says, before the values are read. Offsets are into the message. */
interface RawTensor {
  dtype: number;
  dims: bigint[];
  content: Uint8Array | undefined;
  /** Float8 values; a singular bytes field. */
  float8: Uint8Array | undefined;
  /** Per list field: triples of wire type, start, end. */
  lists: Map<number, number[]>;
}

/**
 * Reads a serialized TensorProto by the rules of the server (Tensor::FromProto in tensorflow/core/framework/tensor.cc,
 * checked against TensorFlow 2.17.1): non-empty tensor_content wins over lists; a short list repeats its last value; a
 * missing or wrong list gives zeros; extra values are dropped; narrow integers wrap; `unknown_rank` counts as a scalar.
 *
 * Numbers in tensor_content come back as a view on `bytes` where alignment allows, so don't change either.
 * @throws TensorError with the reason where the server answers `tensor parsing error`.
 */
export function decodeTensorProto(bytes: Uint8Array, options: DecodeOptions = {}): Tensor {
  const raw = scan(bytes);
  const shape = shapeOf(raw.dims);
  const dtype = dtypeOf(raw.dtype);
  if (raw.dtype === 0) throw new TensorError("invalid-dtype", "the tensor has no dtype");
  if (dtype === undefined) {
    const base = raw.dtype > 100 ? dtypeOf(raw.dtype - 100) : undefined;
    throw new TensorError(
      "invalid-dtype",
      base === undefined
        ? `dtype ${raw.dtype} is not one that TensorFlow knows`
        : `dtype ${base}_REF is a reference type, which can't be sent`,
    );
  }
  if (DTYPE_FACTS[dtype].kind === "none") {
    throw new TensorError(
      "unsupported-dtype",
      `${shortName(dtype)} tensors have no elements that can be read`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0) return { dtype, shape, data: allocate(dtype, 0) };
  if (raw.content !== undefined && raw.content.length > 0) {
    return { dtype, shape, data: readContent(dtype, raw.content, count, shape) };
  }
  const limit = options.maxFilledBytes ?? 2 ** 30;
  if (count * Math.max(byteWidth(dtype), 1) > Math.max(limit, bytes.length * 8)) {
    throw new TensorError(
      "too-large",
      `shape [${shape.join(",")}] of ${shortName(dtype)} asks for ${count} elements but the message holds ${bytes.length} bytes`,
    );
  }
  return { dtype, shape, data: readList(dtype, raw, bytes, count) };
}

/** One pass over the message: everything is checked to be well-formed, nothing is converted. */
function scan(bytes: Uint8Array): RawTensor {
  const raw: RawTensor = { dtype: 0, dims: [], content: undefined, float8: undefined, lists: new Map() };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === 1 && wire === WIRE.varint) raw.dtype = reader.int32();
    else if (field === 2 && wire === WIRE.bytes) scanShape(reader.view(), raw.dims);
    else if (field === 4 && wire === WIRE.bytes) raw.content = reader.view();
    else if (field === 18 && wire === WIRE.bytes) raw.float8 = reader.view();
    else {
      const start = reader.position;
      const element = ELEMENT_WIRE[field];
      if (element === undefined) {
        // resource_handle_val and variant_val are messages; neither is read
        reader.skip();
      } else if (wire === WIRE.bytes) {
        const view = reader.view();
        if (element !== WIRE.bytes) checkPacked(view, element);
        remember(raw.lists, field, wire, reader.position - view.length, reader.position);
      } else {
        reader.skip();
        if (wire === element) remember(raw.lists, field, wire, start, reader.position);
      }
    }
  }
  return raw;
}

/** Wire type of one element of each repeated field. */
const ELEMENT_WIRE: Readonly<Record<number, number>> = {
  5: WIRE.fixed32,
  6: WIRE.fixed64,
  7: WIRE.varint,
  8: WIRE.bytes,
  9: WIRE.fixed32,
  10: WIRE.varint,
  11: WIRE.varint,
  12: WIRE.fixed64,
  13: WIRE.varint,
  16: WIRE.varint,
  17: WIRE.varint,
};

function remember(
  lists: Map<number, number[]>,
  field: number,
  wire: number,
  start: number,
  end: number,
): void {
  const list = lists.get(field);
  if (list === undefined) lists.set(field, [wire, start, end]);
  else list.push(wire, start, end);
}

function checkPacked(view: Uint8Array, element: number): void {
  const width = element === WIRE.fixed32 ? 4 : element === WIRE.fixed64 ? 8 : 0;
  if (width > 0) {
    if (view.length % width !== 0) {
      throw new TensorError(
        "malformed",
        `a packed list of ${width}-byte numbers has ${view.length} bytes, not a multiple of ${width}`,
      );
    }
    return;
  }
  let run = 0;
  for (let at = 0; at < view.length; at++) {
    run++;
    if (view[at]! < 0x80) run = 0;
    else if (run >= 10)
      throw new TensorError("malformed", "a packed list has a varint longer than ten bytes");
  }
  if (run > 0) throw new TensorError("malformed", "a packed list ends within a varint");
}

function scanShape(bytes: Uint8Array, dims: bigint[]): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 2 && reader.wire === WIRE.bytes) {
      const dim = new WireReader(reader.view());
      let size = 0n;
      while (dim.next()) {
        if (dim.field === 1 && dim.wire === WIRE.varint) size = dim.int64();
        else if (dim.field === 2 && dim.wire === WIRE.bytes) utf8(dim.view());
        else dim.skip();
      }
      dims.push(size);
    } else reader.skip();
  }
}

/** TensorShape::IsValid: no negative dimension, at most 254 of them, and no product on the way beyond int64. */
function shapeOf(dims: readonly bigint[]): number[] {
  if (dims.length > MAX_DIMENSIONS) {
    throw new TensorError(
      "invalid-shape",
      `the shape has ${dims.length} dimensions; TensorFlow allows ${MAX_DIMENSIONS}`,
    );
  }
  let product = 1n;
  for (const [index, size] of dims.entries()) {
    if (size < 0n) {
      throw new TensorError(
        "invalid-shape",
        `dimension ${index} is ${size}; a request's tensor needs its actual size`,
      );
    }
    product *= size;
    if (product > INT64_MAX) {
      throw new TensorError("invalid-shape", `the elements of shape [${dims.join(",")}] exceed 64 bits`);
    }
  }
  const shape = dims.map(Number);
  if (product > BigInt(Number.MAX_SAFE_INTEGER) || shape.some((size) => !Number.isSafeInteger(size))) {
    throw new TensorError("too-large", `shape [${dims.join(",")}] does not fit into memory`);
  }
  return shape;
}

function readContent(dtype: DType, content: Uint8Array, count: number, shape: readonly number[]): TensorData {
  if (dtype === "DT_STRING") return readStringContent(content, count);
  const want = count * byteWidth(dtype);
  if (content.length !== want) {
    throw new TensorError(
      "content-size",
      `tensor_content has ${content.length} bytes but shape [${shape.join(",")}] of ${shortName(dtype)} wants ${want}`,
    );
  }
  if (dtype === "DT_BOOL") {
    const at = content.findIndex((value) => value > 1);
    if (at >= 0) {
      throw new TensorError("invalid-value", `byte ${at} of a bool tensor_content is ${content[at]}`);
    }
  }
  const data = viewElements(dtype, content, count);
  if (dtype === "DT_INT4") return Int8Array.from(data as Int8Array, nibble);
  if (dtype === "DT_UINT4") return Uint8Array.from(data as Uint8Array, (value) => value & 0xf);
  return data;
}

/** N varint lengths, then the bytes of all strings; DecodeStringList in tensorflow/core/lib/strings. */
function readStringContent(content: Uint8Array, count: number): Uint8Array[] {
  if (count > content.length) {
    throw new TensorError(
      "content-size",
      `tensor_content has ${content.length} bytes, too few for the lengths of ${count} strings`,
    );
  }
  const lengths: number[] = [];
  let at = 0;
  let total = 0;
  for (let index = 0; index < count; index++) {
    let length = 0;
    let shift = 0;
    for (; ; shift += 7) {
      const byte = content[at++];
      if (byte === undefined || shift > 28) {
        throw new TensorError("content-size", `tensor_content ends within the length of string ${index}`);
      }
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    lengths.push(length >>> 0);
    total += length >>> 0;
  }
  if (total !== content.length - at) {
    throw new TensorError(
      "content-size",
      `tensor_content announces ${total} bytes of strings but holds ${content.length - at}`,
    );
  }
  return lengths.map((length) => {
    at += length;
    return content.subarray(at - length, at);
  });
}

function nibble(value: number): number {
  return (value << 28) >> 28;
}

function readList(dtype: DType, raw: RawTensor, bytes: Uint8Array, count: number): TensorData {
  const field = listField(dtype);
  const chunks = raw.lists.get(field) ?? [];
  const { kind, lanes } = DTYPE_FACTS[dtype];
  const data = allocate(dtype, count);
  const entries = count * lanes;
  let filled = 0;
  if (field === 18) {
    const values = raw.float8 ?? new Uint8Array(0);
    filled = Math.min(values.length, entries);
    (data as Uint8Array).set(values.subarray(0, filled));
  } else {
    for (let index = 0; index < chunks.length && filled < entries; index += 3) {
      const start = chunks[index + 1]!;
      const end = chunks[index + 2]!;
      filled = readChunk(dtype, kind, data, filled, bytes, start, end);
    }
  }
  // complex numbers count in pairs: a trailing half is left out
  const whole = filled - (filled % lanes);
  if (whole === 0) {
    if (filled > 0) (data as Float32Array).fill(0);
    return data;
  }
  repeatLast(data, whole, lanes);
  return data;
}

/** Reads values of one packed chunk, or of one unpacked value, up to the tensor's size. Returns entries filled. */
function readChunk(
  dtype: DType,
  kind: string,
  data: TensorData,
  from: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  if (kind === "bytes") {
    (data as Uint8Array[])[from] = bytes.subarray(start, end);
    return from + 1;
  }
  if (kind === "float32" || kind === "float64") {
    const target = data as Float32Array | Float64Array;
    const width = target.BYTES_PER_ELEMENT;
    const values = Math.min((end - start) / width, target.length - from);
    // by bytes, so that NaN payloads stay as they are
    const into = new Uint8Array(target.buffer, target.byteOffset + from * width, values * width);
    into.set(bytes.subarray(start, start + values * width));
    return from + values;
  }
  const reader = new WireReader(bytes, start, end);
  let at = from;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    while (reader.position < end && at < data.length) data[at++] = reader.uint64();
    return at;
  }
  // typed arrays keep the low bits, as the server's casts do
  const target = data as Int32Array;
  if (dtype === "DT_BOOL")
    while (reader.position < end && at < target.length) target[at++] = reader.bool() ? 1 : 0;
  else if (dtype === "DT_INT4")
    while (reader.position < end && at < target.length) target[at++] = nibble(reader.int32());
  else if (dtype === "DT_UINT4")
    while (reader.position < end && at < target.length) target[at++] = reader.int32() & 0xf;
  else while (reader.position < end && at < target.length) target[at++] = reader.int32();
  return at;
}

function repeatLast(data: TensorData, filled: number, lanes: number): void {
  if (filled >= data.length) return;
  if (lanes === 1) {
    const last = data[filled - 1];
    (data as { fill(value: unknown, start: number): unknown }).fill(last, filled);
    return;
  }
  const pairs = data as Float32Array | Float64Array;
  // the odd half of a list is dropped here too
  for (let at = filled; at < pairs.length; at += lanes) pairs.copyWithin(at, filled - lanes, filled);
}
