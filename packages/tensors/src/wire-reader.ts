import { TensorError } from "./tensor-error.ts";

/** Protobuf wire types. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Nesting of groups that protobuf's own parsers allow. */
const MAX_GROUP_DEPTH = 100;

/** Bytes that the C++ parser refuses: no protobuf message, or not of the wanted type. */
export class WireError extends TensorError {
  constructor(message: string) {
    super("malformed", `not a valid protobuf message: ${message}`);
    this.name = "WireError";
  }
}

const malformed = (what: string, at: number): WireError => new WireError(`${what} at byte ${at}`);

const UTF8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Walks over the fields of a serialized message without building objects. Accepts and refuses what the C++ parser
 * does: varints of at most ten bytes, no field number 0, groups skipped, lengths within the message.
 * Every method throws WireError, nothing else.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;
  /** Number and wire type of the field that `next` came to. */
  field = 0;
  wire = 0;
  private dataView: DataView | undefined;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const at = this.position;
    const tag = this.uint32();
    if (this.position - at > 5) throw malformed("a tag longer than five bytes", at);
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.field === 0) throw malformed("field number 0", at);
    return true;
  }

  /** A varint's low 32 bits, unsigned; the bits above are read and dropped as the C++ parser does. */
  uint32(): number {
    const { bytes, end } = this;
    let position = this.position;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= end) throw malformed("a cut-off varint", this.position);
      const byte = bytes[position++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return value >>> 0;
      }
    }
    throw malformed("a varint longer than ten bytes", this.position);
  }

  /** A varint's low 32 bits, signed. */
  int32(): number {
    return this.uint32() | 0;
  }

  /** A varint as an unsigned 64-bit integer. */
  uint64(): bigint {
    const { bytes, end } = this;
    let position = this.position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= end) throw malformed("a cut-off varint", this.position);
      const byte = bytes[position++]!;
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high |= part >> 4;
      } else if (shift < 64) high |= part << (shift - 32);
      if (byte < 0x80) {
        this.position = position;
        return high === 0 ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      }
    }
    throw malformed("a varint longer than ten bytes", this.position);
  }

  /** A varint as a signed 64-bit integer. */
  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /** A varint as a boolean. */
  bool(): boolean {
    return this.uint64() !== 0n;
  }

  /** A length-delimited value, as a view. */
  view(): Uint8Array {
    const at = this.position;
    const length = this.uint32();
    // a length of 2^31 or more is refused by the C++ parser, and can't lie within a message of at most 2 GiB
    if (length > this.end - this.position) throw malformed("a length beyond the end of the message", at);
    const start = this.position;
    this.position = start + length;
    return this.bytes.subarray(start, start + length);
  }

  /** A proto3 string: UTF-8, or the message does not parse. */
  string(): string {
    return utf8(this.view());
  }

  fixed32(): number {
    const at = this.fixed(4);
    return this.numbers().getUint32(at, true);
  }

  float(): number {
    const at = this.fixed(4);
    return this.numbers().getFloat32(at, true);
  }

  double(): number {
    const at = this.fixed(8);
    return this.numbers().getFloat64(at, true);
  }

  /** Steps over a number of fixed width and tells where it begins. */
  private fixed(width: number): number {
    const at = this.position;
    if (at + width > this.end) throw malformed("a cut-off number", at);
    this.position = at + width;
    return at;
  }

  private numbers(): DataView {
    const { bytes } = this;
    this.dataView ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.dataView;
  }

  /** Skips the value of the present field. */
  skip(): void {
    this.skipValue(this.wire, this.field, 0);
  }

  private skipValue(wire: number, field: number, depth: number): void {
    switch (wire) {
      case WIRE.varint:
        this.uint32();
        return;
      case WIRE.fixed64:
        this.fixed(8);
        return;
      case WIRE.bytes:
        this.view();
        return;
      case WIRE.fixed32:
        this.fixed(4);
        return;
      case WIRE.startGroup: {
        if (depth >= MAX_GROUP_DEPTH) throw malformed("groups nested too deeply", this.position);
        while (this.next()) {
          if (this.wire === WIRE.endGroup) {
            if (this.field !== field) break;
            return;
          }
          this.skipValue(this.wire, this.field, depth + 1);
        }
        throw malformed("a group without its end", this.position);
      }
      default:
        throw malformed(`wire type ${wire}`, this.position);
    }
  }
}

/** Strict UTF-8, as proto3 strings must be. @throws WireError */
export function utf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new WireError("a string that is not UTF-8");
  }
}
