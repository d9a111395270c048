import { allocate, byteWidth, elementCount, type Tensor, TensorError, viewElements } from "@servable/tensors";
import { crc32c, maskCrc } from "../table/crc32c.ts";
import type { VariableEntry } from "./bundle-entry.ts";

/** Why the bytes of a stored tensor are refused, in the words for a diagnostic. */
export class StoredTensorError extends Error {
  readonly kind: "size" | "checksum" | "layout" | "dtype" | "shape";

  constructor(kind: StoredTensorError["kind"], message: string) {
    super(message);
    this.name = "StoredTensorError";
    this.kind = kind;
  }
}

/** Elements of an entry's shape. @throws StoredTensorError for a shape that is no array */
export function elementsOf(entry: VariableEntry): number {
  if (entry.shape === null) throw new StoredTensorError("shape", "has a shape of unknown rank");
  try {
    return elementCount(entry.shape);
  } catch (error) {
    if (error instanceof TensorError) throw new StoredTensorError("shape", error.message);
    throw error;
  }
}

/** Bytes that shape and dtype ask for, or undefined for strings and variants, whose size is their own. */
export function expectedSize(entry: VariableEntry): number | undefined {
  const width = byteWidth(entry.dtype);
  return width === 0 ? undefined : elementsOf(entry) * width;
}

interface StringLayout {
  readonly lengths: readonly number[];
  /** Offset of the length checksum. */
  readonly checksumAt: number;
}

function readLengths(bytes: Uint8Array, count: number): StringLayout {
  // Each element takes at least one byte for its length.
  if (count > bytes.length) {
    throw new StoredTensorError("layout", `holds ${bytes.length} bytes, too few for ${count} strings`);
  }
  const lengths: number[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 56) {
        throw new StoredTensorError("layout", `length of string ${index} is cut off`);
      }
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    lengths.push(value);
  }
  if (at + 4 > bytes.length)
    throw new StoredTensorError("layout", "checksum of the string lengths is cut off");
  return { lengths, checksumAt: at };
}

const readUint32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;

function lengthBytes(lengths: readonly number[]): Uint8Array {
  const wide = lengths.filter((length) => length > 0xffffffff).length;
  const bytes = new Uint8Array((lengths.length - wide) * 4 + wide * 8);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const length of lengths) {
    view.setUint32(at, length >>> 0, true);
    at += 4;
    if (length > 0xffffffff) {
      view.setUint32(at, Math.floor(length / 2 ** 32), true);
      at += 4;
    }
  }
  return bytes;
}

const describe = (stored: number, got: number): string =>
  `stored checksum ${stored} but the bytes give ${maskCrc(got)}`;

/**
 * Byte strings of a DT_STRING entry (core/util/tensor_bundle/tensor_bundle.cc ReadStringTensor): lengths as varints,
 * checksum of the lengths, then the bytes. Views, not copies.
 * @throws StoredTensorError
 */
export function readStrings(entry: VariableEntry, bytes: Uint8Array, verify = true): Uint8Array[] {
  const { lengths, checksumAt } = readLengths(bytes, elementsOf(entry));
  let crc = crc32c(lengthBytes(lengths));
  const stored = readUint32(bytes, checksumAt);
  if (verify && maskCrc(crc) !== stored) {
    throw new StoredTensorError("checksum", `string lengths: ${describe(stored, crc)}`);
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total !== bytes.length - checksumAt - 4) {
    throw new StoredTensorError(
      "layout",
      `strings of ${total} bytes in all do not fill the ${bytes.length - checksumAt - 4} bytes that are stored`,
    );
  }
  crc = crc32c(bytes, crc, checksumAt);
  if (verify && maskCrc(crc) !== entry.crc32c)
    throw new StoredTensorError("checksum", describe(entry.crc32c, crc));
  let at = checksumAt + 4;
  return lengths.map((length) => {
    const text = bytes.subarray(at, at + length);
    at += length;
    return text;
  });
}

/**
 * Serialized VariantTensorDataProto of each element of a DT_VARIANT entry (ReadVariantTensor): per element a varint
 * length, the bytes and the checksum so far. @throws StoredTensorError
 */
export function readVariants(entry: VariableEntry, bytes: Uint8Array, verify = true): Uint8Array[] {
  const count = elementsOf(entry);
  if (count * 5 > bytes.length) throw new StoredTensorError("layout", `too few bytes for ${count} variants`);
  const elements: Uint8Array[] = [];
  let crc = 0;
  let at = 0;
  const length64 = new Uint8Array(8);
  const view = new DataView(length64.buffer);
  for (let index = 0; index < count; index++) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 49)
        throw new StoredTensorError("layout", `length of variant ${index} is cut off`);
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (length + 4 > bytes.length - at)
      throw new StoredTensorError("layout", `variant ${index} runs over the end`);
    view.setUint32(0, length >>> 0, true);
    view.setUint32(4, Math.floor(length / 2 ** 32), true);
    crc = crc32c(bytes, crc32c(length64, crc), at, at + length);
    elements.push(bytes.subarray(at, at + length));
    at += length;
    const stored = readUint32(bytes, at);
    if (verify && stored !== maskCrc(crc)) {
      throw new StoredTensorError("checksum", `variant ${index}: ${describe(stored, crc)}`);
    }
    crc = crc32c(bytes, crc, at, at + 4);
    at += 4;
  }
  if (at !== bytes.length) throw new StoredTensorError("layout", `${bytes.length - at} bytes are left over`);
  if (verify && maskCrc(crc) !== entry.crc32c)
    throw new StoredTensorError("checksum", describe(entry.crc32c, crc));
  return elements;
}

/** Reverses each number; complex ones are pairs of numbers. */
function swapNumbers(bytes: Uint8Array, entry: VariableEntry): Uint8Array {
  const complex = entry.dtype === "DT_COMPLEX64" || entry.dtype === "DT_COMPLEX128";
  const width = byteWidth(entry.dtype) / (complex ? 2 : 1);
  const swapped = bytes.slice();
  for (let at = 0; at + width <= swapped.length; at += width) swapped.subarray(at, at + width).reverse();
  return swapped;
}

/**
 * The tensor that an entry's bytes stand for. Checks what the server checks: size, checksum, and for big-endian
 * bundles it swaps the bytes. @throws StoredTensorError
 */
export function readStoredTensor(
  entry: VariableEntry,
  bytes: Uint8Array,
  options: { readonly bigEndian: boolean; readonly verify: boolean },
): Tensor {
  if (entry.shape === null) throw new StoredTensorError("shape", "has a shape of unknown rank");
  const shape = entry.shape;
  if (entry.dtype === "DT_STRING")
    return { dtype: "DT_STRING", shape, data: readStrings(entry, bytes, options.verify) };
  if (entry.dtype === "DT_VARIANT")
    return { dtype: "DT_VARIANT", shape, data: readVariants(entry, bytes, options.verify) };
  const want = expectedSize(entry);
  if (want === undefined) throw new StoredTensorError("dtype", `can't be stored with dtype ${entry.dtype}`);
  if (want !== bytes.length) {
    throw new StoredTensorError(
      "size",
      `${bytes.length} bytes are stored but shape and dtype ask for ${want}`,
    );
  }
  if (options.verify) {
    const crc = crc32c(bytes);
    if (maskCrc(crc) !== entry.crc32c) throw new StoredTensorError("checksum", describe(entry.crc32c, crc));
  }
  if (bytes.length === 0) return { dtype: entry.dtype, shape, data: allocate(entry.dtype, 0) };
  const ordered = options.bigEndian ? swapNumbers(bytes, entry) : bytes;
  return { dtype: entry.dtype, shape, data: viewElements(entry.dtype, ordered, elementsOf(entry)) };
}
