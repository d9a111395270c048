import { type DType, dtypeOf } from "@servable/tensors";
import { readDims } from "../saved-model/signature.ts";
import { FIXED32, type Int64, LENGTH, VARINT, WireReader } from "../wire/wire-reader.ts";
import { type Extent, nameOfSliceKey } from "./slice-key.ts";

/** BundleHeaderProto (core/protobuf/tensor_bundle.proto). */
export interface BundleHeader {
  readonly numShards: number;
  /** Byte order of the numbers in the data files; the server swaps the bytes where it differs from its own. */
  readonly endianness: "LITTLE" | "BIG";
  readonly versionProducer: number;
  readonly versionMinConsumer: number;
  readonly versionBadConsumers: readonly number[];
  /** The table has no entry with the empty key; the server reads the first entry as the header all the same. */
  readonly missing?: true;
}

/** BundleEntryProto with its key. */
export interface VariableEntry {
  /** The key as text; for a key that is not text, `keyHex` says what it is and this is its hex form. */
  readonly key: string;
  readonly keyBytes: Uint8Array;
  /** Present when the key is not text, as for one slice of a partitioned variable. */
  readonly keyHex?: string;
  readonly dtype: DType;
  /** The number as stored where TensorFlow 2.17 has no such dtype. */
  readonly unknownDtype?: number;
  readonly shape: readonly number[] | null;
  readonly shard: number;
  /** Bytes from the start of the shard. */
  readonly offset: Int64;
  readonly size: Int64;
  /** Masked, as stored; 0 when absent, which is then checked like any other value. */
  readonly crc32c: number;
  /** Extents of the slices of a partitioned variable; shard, offset, size and crc32c then mean nothing. */
  readonly slices: readonly (readonly Extent[])[];
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A key as people know it: for a slice of a partitioned variable, the variable's name with "(a slice)". */
export function nameOfEntry({ key, keyBytes, keyHex }: VariableEntry): string {
  const name = keyHex === undefined ? undefined : nameOfSliceKey(keyBytes);
  return name === undefined ? key : `${keyText(name) ?? toHex(name)} (a slice)`;
}

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += (byte < 16 ? "0" : "") + byte.toString(16);
  return hex;
}

function keyText(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0) return undefined;
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80) {
      try {
        return utf8.decode(bytes);
      } catch {
        return undefined;
      }
    }
    text += String.fromCharCode(byte);
  }
  return text;
}

function readVersions(reader: WireReader): { producer: number; minConsumer: number; bad: number[] } {
  const versions = { producer: 0, minConsumer: 0, bad: [] as number[] };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | VARINT)) versions.producer = reader.int32();
    else if (tag === ((2 << 3) | VARINT)) versions.minConsumer = reader.int32();
    else if (tag === ((3 << 3) | VARINT)) versions.bad.push(reader.int32());
    else if (tag === ((3 << 3) | LENGTH)) {
      const packed = reader.message();
      while (!packed.done) versions.bad.push(packed.int32());
    } else reader.skip(tag);
  }
  return versions;
}

/** @throws WireError */
export function readBundleHeader(bytes: Uint8Array): BundleHeader {
  const reader = new WireReader(bytes);
  let numShards = 0;
  let big = false;
  let versions = { producer: 0, minConsumer: 0, bad: [] as number[] };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | VARINT)) numShards = reader.int32();
    else if (tag === ((2 << 3) | VARINT)) big = reader.int32() === 1;
    else if (tag === ((3 << 3) | LENGTH)) versions = readVersions(reader.message());
    else reader.skip(tag);
  }
  return {
    numShards,
    endianness: big ? "BIG" : "LITTLE",
    versionProducer: versions.producer,
    versionMinConsumer: versions.minConsumer,
    versionBadConsumers: versions.bad,
  };
}

const NO_SLICES: readonly never[] = [];

function readSlice(reader: WireReader): Extent[] {
  const extents: Extent[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== ((1 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    const inner = reader.message();
    let start = 0;
    // Neither start nor length means the whole dimension.
    let length = -1;
    while (!inner.done) {
      const field = inner.tag();
      if (field === ((1 << 3) | VARINT)) start = Number(inner.int64());
      else if (field === ((2 << 3) | VARINT)) length = Number(inner.int64());
      else inner.skip(field);
    }
    extents.push({ start, length });
  }
  return extents;
}

/** @throws WireError */
export function readBundleEntry(keyBytes: Uint8Array, value: Uint8Array): VariableEntry {
  const reader = new WireReader(value);
  let number = 0;
  let shape: readonly number[] | null = [];
  let shard = 0;
  let offset: Int64 = 0;
  let size: Int64 = 0;
  let crc = 0;
  let slices: Extent[][] | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | VARINT:
        number = reader.int32();
        break;
      case (2 << 3) | LENGTH:
        // The reader of checkpoints takes the dimensions, whatever is said of the rank.
        shape = readDims(reader.message()).dims;
        break;
      case (3 << 3) | VARINT:
        shard = reader.int32();
        break;
      case (4 << 3) | VARINT:
        offset = reader.int64();
        break;
      case (5 << 3) | VARINT:
        size = reader.int64();
        break;
      case (6 << 3) | FIXED32:
        crc = reader.fixed32();
        break;
      case (7 << 3) | LENGTH:
        slices ??= [];
        slices.push(readSlice(reader.message()));
        break;
      default:
        reader.skip(tag);
    }
  }
  const text = keyText(keyBytes);
  const hex = text === undefined ? toHex(keyBytes) : undefined;
  const dtype = dtypeOf(number);
  return {
    key: text ?? (hex as string),
    keyBytes,
    ...(hex === undefined ? {} : { keyHex: hex }),
    dtype: dtype ?? "DT_INVALID",
    ...(dtype === undefined ? { unknownDtype: number } : {}),
    shape,
    shard,
    offset,
    size,
    crc32c: crc,
    slices: slices ?? NO_SLICES,
  };
}
