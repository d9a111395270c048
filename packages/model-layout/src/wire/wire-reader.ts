import { asciiName, LONGEST_NAME } from "./ascii-name.ts";

/** A 64-bit integer: a number where it is exact, a bigint beyond ±2^53. */
export type Int64 = number | bigint;

/** Bytes that are no protobuf message. `offset` counts from the start of the message that was read. */
export class WireError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "WireError";
    this.offset = offset;
  }
}

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

/** Nesting of messages that protobuf's parsers allow. */
export const MAX_MESSAGE_DEPTH = 100;

const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Exact small integer of two's complement 64 bits given as low and high words. */
export function int64From(low: number, high: number): Int64 {
  const value = high * 0x1_0000_0000 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}

/**
 * Cursor over protobuf wire bytes. Lengths are checked against the end before anything is read, so nothing is ever
 * allocated by an unchecked length.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Field tag: `number << 3 | wire type`, as the C++ parser reads it (at most 5 bytes, never field 0). */
  tag(): number {
    const first = this.bytes[this.at];
    // Short enough to be compiled into its callers, as are the other ways that nearly all fields go.
    if (first !== undefined && first < 0x80 && first >= 8 && this.at < this.end) {
      this.at++;
      return first;
    }
    return longTag(this);
  }

  /** Low 32 bits of a varint, signed (int32, bool, enum). */
  int32(): number {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80 && this.at < this.end) {
      this.at++;
      return first;
    }
    return longInt32(this);
  }

  int64(): Int64 {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80 && this.at < this.end) {
      this.at++;
      return first;
    }
    readVarint64(this);
    return int64From(low, high);
  }

  uint64(): Int64 {
    readVarint64(this);
    return int64From(low, high >>> 0);
  }

  fixed32(): number {
    const at = this.at;
    if (this.end - at < 4) throw new WireError("ends inside a 4-byte number", at);
    this.at = at + 4;
    const { bytes } = this;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  fixed64(signed: boolean): Int64 {
    if (this.end - this.at < 8) throw new WireError("ends inside an 8-byte number", this.at);
    const low = this.fixed32();
    const high = this.fixed32();
    return int64From(low, signed ? high | 0 : high);
  }

  float(): number {
    const at = this.at;
    this.fixed32();
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 4).getFloat32(0, true);
  }

  double(): number {
    const at = this.at;
    this.fixed64(false);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  /** Length of a length-delimited field, known to lie before the end. */
  length(): number {
    const first = this.bytes[this.at]!;
    if (first < 0x80 && first < this.end - this.at) {
      this.at++;
      return first;
    }
    return longLength(this);
  }

  /** Narrows this reader to the length-delimited message that begins here; the end that it had is for {@link leave}. */
  enter(): number {
    const length = this.length();
    const outer = this.end;
    this.end = this.at + length;
    return outer;
  }

  /** Behind the message that was entered, read to its end or not. */
  leave(outer: number): void {
    this.at = this.end;
    this.end = outer;
  }

  /** Reads the length-delimited message that begins here to its end; this reader is then behind it. */
  inside<Value>(read: (reader: this) => Value): Value {
    const outer = this.enter();
    const value = read(this);
    this.leave(outer);
    return value;
  }

  /** A view, not a copy. */
  bytesField(): Uint8Array {
    const length = this.length();
    const at = this.at;
    this.at = at + length;
    return this.bytes.subarray(at, at + length);
  }

  /** proto3 string: invalid UTF-8 makes the C++ parser refuse the message. */
  string(): string {
    const length = this.length();
    const at = this.at;
    this.at = at + length;
    const { bytes } = this;
    if (length <= LONGEST_NAME) {
      const known = asciiName(bytes, at, length);
      if (known !== undefined) return known;
    }
    try {
      return text.decode(bytes.subarray(at, at + length));
    } catch {
      throw new WireError("text that is not UTF-8", at);
    }
  }

  /** Steps over a proto3 string, which must be UTF-8 as for {@link string}. */
  skipString(): void {
    const start = this.at;
    const length = this.length();
    const end = this.at + length;
    if (isAscii(this.bytes, this.at, end)) this.at = end;
    else {
      this.at = start;
      this.string();
    }
  }

  /** A reader of the length-delimited message that begins here; this one moves behind it. */
  message(): WireReader {
    const length = this.length();
    const at = this.at;
    this.at = at + length;
    return new WireReader(this.bytes, at, at + length);
  }

  /** Steps over the value of a field whose tag was read. */
  skip(tag: number): void {
    if ((tag & 7) === LENGTH) {
      const length = this.length();
      this.at += length;
    } else skipOther(this, tag, 0);
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

// What is rarely come to: functions, because a class with private methods takes V8 several times as long to make objects of.

function longTag(reader: WireReader): number {
  const start = reader.at;
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    if (reader.at >= reader.end) throw new WireError("ends inside a field tag", start);
    const byte = reader.bytes[reader.at++]!;
    if (scale === 0x1000_0000) {
      if (byte > 0x0f) throw new WireError("field tag is too long", start);
      value += byte * scale;
      break;
    }
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (value < 8) throw new WireError("field number 0", start);
  return value;
}

function longInt32(reader: WireReader): number {
  const start = reader.at;
  let value = 0;
  for (let index = 0; index < 10; index++) {
    if (reader.at >= reader.end) throw new WireError("ends inside a number", start);
    const byte = reader.bytes[reader.at++]!;
    if (index < 5) value |= (byte & 0x7f) << (index * 7);
    if (byte < 0x80) return value;
  }
  throw new WireError("number of more than 10 bytes", start);
}

function longLength(reader: WireReader): number {
  const start = reader.at;
  let value = 0;
  let scale = 1;
  for (let index = 0; index < 5; index++) {
    if (reader.at >= reader.end) throw new WireError("ends inside a length", start);
    const byte = reader.bytes[reader.at++]!;
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    const left = reader.end - reader.at;
    if (value > left) throw new WireError(`a field of ${value} bytes has only ${left} left`, start);
    return value;
  }
  throw new WireError("length of more than 5 bytes", start);
}

function skipOther(reader: WireReader, tag: number, depth: number): void {
  switch (tag & 7) {
    case VARINT:
      if (reader.at < reader.end && reader.bytes[reader.at]! < 0x80) reader.at++;
      else readVarint64(reader);
      return;
    case FIXED64:
      reader.fixed64(false);
      return;
    case LENGTH: {
      const length = reader.length();
      reader.at += length;
      return;
    }
    case FIXED32:
      reader.fixed32();
      return;
    case START_GROUP: {
      if (depth > 100) throw new WireError("groups nested too deep", reader.at);
      for (;;) {
        const inner = reader.tag();
        if ((inner & 7) === END_GROUP) {
          if (inner >>> 3 !== tag >>> 3) throw new WireError("group ends with another number", reader.at);
          return;
        }
        skipOther(reader, inner, depth + 1);
      }
    }
    default:
      throw new WireError(`unknown wire type ${tag & 7}`, reader.at - 1);
  }
}

/** Words of the varint that was read last. */
let low = 0;
let high = 0;

function readVarint64(reader: WireReader): void {
  const start = reader.at;
  low = 0;
  high = 0;
  for (let index = 0; index < 10; index++) {
    if (reader.at >= reader.end) throw new WireError("ends inside a number", start);
    const byte = reader.bytes[reader.at++]!;
    const part = byte & 0x7f;
    if (index < 4) low |= part << (index * 7);
    else if (index === 4) {
      low |= part << 28;
      high |= part >>> 4;
    } else if (index < 9) high |= part << (index * 7 - 32);
    else high |= part << 31;
    if (byte < 0x80) {
      low >>>= 0;
      return;
    }
  }
  throw new WireError("number of more than 10 bytes", start);
}
