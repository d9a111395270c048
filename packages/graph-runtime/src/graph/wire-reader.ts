import { GraphError } from "../graph-error.ts";

function truncated(): GraphError {
  return new GraphError("DATA_LOSS", "protobuf message ends in the middle of a field");
}

/**
 * Walks protobuf wire format without building objects for what nobody asks for: generic decoding of the graph was the
 * largest cost of loading. Every read is checked against the end, and nothing is allocated by a length that was not.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #buffer: Buffer;
  pos: number;
  readonly end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = 0;
    this.end = bytes.byteLength;
  }

  get more(): boolean {
    return this.pos < this.end;
  }

  /** A varint as a number; exact up to 2^53, which holds for tags, lengths and small integers. */
  varint(): number {
    let result = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.pos >= this.end) throw truncated();
      const byte = this.bytes[this.pos++]!;
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 128;
    }
    throw new GraphError("DATA_LOSS", "varint is longer than ten bytes");
  }

  /** A signed 64-bit varint (int64, int32, enum). */
  int64(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.pos >= this.end) throw truncated();
      const byte = this.bytes[this.pos++]!;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, result);
    }
    throw new GraphError("DATA_LOSS", "varint is longer than ten bytes");
  }

  /** A signed 64-bit varint as a number (rounded beyond 2^53). */
  int(): number {
    // One to four bytes are the common case and never negative.
    const start = this.pos;
    for (let i = 0, value = 0, scale = 1; i < 4 && this.pos < this.end; i++, scale *= 128) {
      const byte = this.bytes[this.pos++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    this.pos = start;
    return Number(this.int64());
  }

  /** A length-delimited field, as a view of the same memory. */
  block(): Uint8Array {
    const length = this.varint();
    if (length > this.end - this.pos) throw truncated();
    const start = this.pos;
    this.pos += length;
    return this.bytes.subarray(start, this.pos);
  }

  string(): string {
    const length = this.varint();
    if (length > this.end - this.pos) throw truncated();
    const start = this.pos;
    this.pos += length;
    return this.#buffer.toString("utf8", start, this.pos);
  }

  float(): number {
    if (this.end - this.pos < 4) throw truncated();
    this.pos += 4;
    return this.#view.getFloat32(this.pos - 4, true);
  }

  skip(wireType: number): void {
    if (wireType === 0) this.int64();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#advance(this.varint());
    else if (wireType === 5) this.#advance(4);
    else if (wireType === 3) {
      for (let depth = 1; depth > 0; ) {
        const inner = this.varint() & 7;
        if (inner === 3) depth++;
        else if (inner === 4) depth--;
        else this.skip(inner);
      }
    } else throw new GraphError("DATA_LOSS", `unknown protobuf wire type ${wireType}`);
  }

  #advance(length: number): void {
    if (length > this.end - this.pos) throw truncated();
    this.pos += length;
  }
}

/** Calls `visit` for each field of a message; `visit` returns false for a field that it did not read. */
export function walk(
  bytes: Uint8Array,
  visit: (field: number, wireType: number, reader: WireReader) => boolean,
): void {
  const reader = new WireReader(bytes);
  while (reader.more) {
    const tag = reader.varint();
    const wireType = tag & 7;
    if (!visit(Math.floor(tag / 8), wireType, reader)) reader.skip(wireType);
  }
}
