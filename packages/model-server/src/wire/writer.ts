/** Writes one protobuf message. Fields come in the order of the calls; nothing is written for what is not called. */
export class ByteWriter {
  private readonly parts: Uint8Array[] = [];
  private small: number[] = [];
  private length = 0;

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.small.push((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.small.push(rest);
  }

  private settle(): void {
    if (this.small.length === 0) return;
    const part = Uint8Array.from(this.small);
    this.parts.push(part);
    this.length += part.length;
    this.small = [];
  }

  /** A varint field; negative numbers take ten bytes. */
  int(field: number, value: number | bigint): void {
    this.varint(field * 8);
    this.rawVarint(BigInt(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.varint(field * 8 + 2);
    this.varint(value.length);
    if (value.length < 64) {
      for (const byte of value) this.small.push(byte);
    } else {
      this.settle();
      this.parts.push(value);
      this.length += value.length;
    }
  }

  string(field: number, value: string): void {
    this.bytes(field, Buffer.from(value, "utf8"));
  }

  float(field: number, value: number): void {
    this.varint(field * 8 + 5);
    this.rawFloat(value);
  }

  /** A varint without a tag, for packed lists. */
  rawVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 128n) {
      this.small.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.small.push(Number(rest));
  }

  /** A float without a tag, for packed lists. */
  rawFloat(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.small.push(...bytes);
  }

  finish(): Uint8Array {
    this.settle();
    const [only] = this.parts;
    if (this.parts.length === 1 && only !== undefined) return only;
    const result = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }
}
