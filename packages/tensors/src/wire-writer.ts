/** Bytes that an unsigned varint takes. Exact for whole numbers up to 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes an unsigned varint (a whole number up to 2^53) and returns the offset behind it. */
export function putVarint(target: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  while (rest >= 128) {
    target[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}

/** Bytes of a 64-bit integer as varint: negative ones take ten. */
export function varint64Size(value: bigint): number {
  let size = 1;
  for (let rest = BigInt.asUintN(64, value) >> 7n; rest > 0n; rest >>= 7n) size++;
  return size;
}

/** Writes a 64-bit integer as varint and returns the offset behind it. */
export function putVarint64(target: Uint8Array, offset: number, value: bigint): number {
  let rest = BigInt.asUintN(64, value);
  let at = offset;
  while (rest >= 128n) {
    target[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  target[at++] = Number(rest);
  return at;
}

const UTF8 = /* @__PURE__ */ new TextEncoder();

/** Writes one protobuf message. Fields come in the order of the calls; nothing is written for what is not called. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];
  #small: number[] = [];
  #length = 0;

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#small.push((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.#small.push(rest);
  }

  #settle(): void {
    if (this.#small.length === 0) return;
    const part = Uint8Array.from(this.#small);
    this.#parts.push(part);
    this.#length += part.length;
    this.#small = [];
  }

  /** A varint field; negative numbers take ten bytes. */
  int(field: number, value: number | bigint): this {
    this.#varint(field * 8);
    return this.rawVarint(BigInt(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    if (value.length < 64) for (const byte of value) this.#small.push(byte);
    else {
      this.#settle();
      this.#parts.push(value);
      this.#length += value.length;
    }
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, UTF8.encode(value));
  }

  /** A field that holds a message, which is written already. */
  message(field: number, value: WireWriter): this {
    return this.bytes(field, value.finish());
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    return this.rawFloat(value);
  }

  /** A varint without a tag, for packed lists. */
  rawVarint(value: bigint): this {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 128n) {
      this.#small.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#small.push(Number(rest));
    return this;
  }

  /** A float without a tag, for packed lists. */
  rawFloat(value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#small.push(...bytes);
    return this;
  }

  finish(): Uint8Array {
    this.#settle();
    const [only] = this.#parts;
    if (this.#parts.length === 1 && only !== undefined) return only;
    const result = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }
}
