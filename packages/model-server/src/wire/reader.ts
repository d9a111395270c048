/** Bytes that are no valid message of the wanted type. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WireError";
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one protobuf message field by field; accepts what the C++ parser accepts. Views, no copies. */
export class ByteReader {
  readonly data: Uint8Array;
  at: number;
  readonly end: number;
  field = 0;
  wire = 0;

  constructor(data: Uint8Array) {
    this.data = data;
    this.at = 0;
    this.end = data.length;
  }

  /** Goes to the next field; false at the end. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.uint32();
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.field === 0) throw new WireError("field number 0");
    if (this.wire > 5) throw new WireError(`wire type ${this.wire}`);
    return true;
  }

  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new WireError("varint cut off");
      const byte = this.data[this.at++] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError("varint too long");
  }

  int32(): number {
    return this.uint32() | 0;
  }

  uint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.end) throw new WireError("varint cut off");
      const byte = this.data[this.at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError("varint too long");
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  bytes(): Uint8Array {
    const length = this.uint32();
    if (length > this.end - this.at) throw new WireError("length beyond the end");
    const start = this.at;
    this.at += length;
    return this.data.subarray(start, this.at);
  }

  /** A proto3 string: UTF-8, or the message does not parse. */
  string(): string {
    const bytes = this.bytes();
    try {
      return UTF8.decode(bytes);
    } catch {
      throw new WireError("string is not UTF-8");
    }
  }

  float(): number {
    return this.fixed(4).getFloat32(0, true);
  }

  double(): number {
    return this.fixed(8).getFloat64(0, true);
  }

  fixed(width: number): DataView {
    if (width > this.end - this.at) throw new WireError("number cut off");
    const view = new DataView(this.data.buffer, this.data.byteOffset + this.at, width);
    this.at += width;
    return view;
  }

  /** Skips the field's value; a field of another wire type than the schema's is unknown, hence skipped too. */
  skip(): void {
    this.skipValue(this.wire, this.field, 0);
  }

  private skipValue(wire: number, field: number, depth: number): void {
    if (wire === 0) this.uint64();
    else if (wire === 1) this.fixed(8);
    else if (wire === 2) this.bytes();
    else if (wire === 5) this.fixed(4);
    else if (wire === 3) {
      if (depth > 99) throw new WireError("groups nested too deeply");
      while (this.next()) {
        if (this.wire === 4) {
          if (this.field !== field) throw new WireError("wrong end of group");
          return;
        }
        this.skipValue(this.wire, this.field, depth + 1);
      }
      throw new WireError("group without end");
    } else throw new WireError("end of group without group");
  }
}

/** The value in the bytes of a wrapper of an integer or a bool (`google.protobuf.Int64Value`). @throws WireError */
export function int64Value(bytes: Uint8Array): bigint {
  const reader = new ByteReader(bytes);
  let value = 0n;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 0) value = reader.int64();
    else reader.skip();
  }
  return value;
}
