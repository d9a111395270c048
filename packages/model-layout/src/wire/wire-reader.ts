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
    const start = this.at;
    const first = this.bytes[start];
    if (first !== undefined && first < 0x80 && start < this.end) {
      this.at = start + 1;
      if (first < 8) throw new WireError("field number 0", start);
      return first;
    }
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.at >= this.end) throw new WireError("ends inside a field tag", start);
      const byte = this.bytes[this.at++]!;
      if (shift === 28) {
        if (byte > 0x0f) throw new WireError("field tag is too long", start);
        value += byte * 0x1000_0000;
        break;
      }
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (value < 8) throw new WireError("field number 0", start);
    return value;
  }

  /** Low 32 bits of a varint, signed (int32, bool, enum). */
  int32(): number {
    const start = this.at;
    let value = 0;
    for (let index = 0; index < 10; index++) {
      if (this.at >= this.end) throw new WireError("ends inside a number", start);
      const byte = this.bytes[this.at++]!;
      if (index < 5) value |= (byte & 0x7f) << (index * 7);
      if (byte < 0x80) return value;
    }
    throw new WireError("number of more than 10 bytes", start);
  }

  #low = 0;
  #high = 0;

  #varint64(): void {
    const start = this.at;
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index++) {
      if (this.at >= this.end) throw new WireError("ends inside a number", start);
      const byte = this.bytes[this.at++]!;
      const part = byte & 0x7f;
      if (index < 4) low |= part << (index * 7);
      else if (index === 4) {
        low |= part << 28;
        high |= part >>> 4;
      } else if (index < 9) high |= part << (index * 7 - 32);
      else high |= part << 31;
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high | 0;
        return;
      }
    }
    throw new WireError("number of more than 10 bytes", start);
  }

  int64(): Int64 {
    this.#varint64();
    return int64From(this.#low, this.#high);
  }

  uint64(): Int64 {
    this.#varint64();
    return int64From(this.#low, this.#high >>> 0);
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
    const start = this.at;
    const first = this.bytes[start]!;
    if (first < 0x80 && first < this.end - start) {
      this.at = start + 1;
      return first;
    }
    let value = 0;
    for (let index = 0; index < 5; index++) {
      if (this.at >= this.end) throw new WireError("ends inside a length", start);
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * 2 ** (index * 7);
      if (byte < 0x80) {
        if (value > this.end - this.at) {
          throw new WireError(
            `a field of ${value} bytes begins ${this.end - this.at} bytes before the end`,
            start,
          );
        }
        return value;
      }
    }
    throw new WireError("length of more than 5 bytes", start);
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
    // Short ASCII names are most of a graph: decoding them by hand beats the decoder's fixed cost.
    if (length < 24) {
      let ascii = "";
      let index = at;
      for (const end = at + length; index < end; index++) {
        const byte = bytes[index]!;
        if (byte >= 0x80) break;
        ascii += String.fromCharCode(byte);
      }
      if (index === at + length) return ascii;
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
    const { bytes } = this;
    const end = this.at + length;
    for (let index = this.at; index < end; index++) {
      if (bytes[index]! < 0x80) continue;
      this.at = start;
      this.string();
      return;
    }
    this.at = end;
  }

  /** A reader of the length-delimited message that begins here; this one moves behind it. */
  message(): WireReader {
    const length = this.length();
    const at = this.at;
    this.at = at + length;
    return new WireReader(this.bytes, at, at + length);
  }

  /** Steps over the value of a field whose tag was read. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case VARINT:
        if (this.at < this.end && this.bytes[this.at]! < 0x80) this.at++;
        else this.#varint64();
        return;
      case FIXED64:
        this.fixed64(false);
        return;
      case LENGTH: {
        const length = this.length();
        this.at += length;
        return;
      }
      case FIXED32:
        this.fixed32();
        return;
      case START_GROUP: {
        if (depth > 100) throw new WireError("groups nested too deep", this.at);
        for (;;) {
          const inner = this.tag();
          if ((inner & 7) === END_GROUP) {
            if (inner >>> 3 !== tag >>> 3) throw new WireError("group ends with another number", this.at);
            return;
          }
          this.skip(inner, depth + 1);
        }
      }
      default:
        throw new WireError(`unknown wire type ${tag & 7}`, this.at - 1);
    }
  }
}
