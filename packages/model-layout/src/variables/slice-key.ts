/** Part of a tensor along one dimension; whole dimension: start 0, length -1. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

function pushString(into: number[], bytes: Uint8Array): void {
  for (const byte of bytes) {
    if (byte === 0) into.push(0, 0xff);
    else if (byte === 0xff) into.push(0xff, 0);
    else into.push(byte);
  }
  into.push(0, 1);
}

function pushNumber(into: number[], value: number): void {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  into.push(bytes.length, ...bytes);
}

/**
 * OrderedCode signed number: n bytes hold a sign bit, n - 1 more header bits and 7n - 1 bits of value; the header is n
 * ones after the (inverted) sign. Negative numbers are the complement of -1 - value.
 */
function pushSigned(into: number[], value: number): void {
  const negative = value < 0;
  const magnitude = BigInt(negative ? -1 - value : value);
  let count = 1;
  while (count < 10 && magnitude >> BigInt(7 * count - 1) !== 0n) count++;
  const bytes: number[] = [];
  let rest = magnitude;
  for (let index = 0; index < count; index++) {
    bytes.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  }
  // Unary length: `count` leading ones; beyond eight of them the header goes on in the second byte.
  const header = ((1n << BigInt(count)) - 1n) << BigInt(8 * count - count);
  for (let index = 0; index < count; index++) {
    const part = Number((header >> BigInt(8 * (count - 1 - index))) & 0xffn);
    bytes[index] = bytes[index]! | part;
  }
  for (const byte of bytes) into.push(negative ? byte ^ 0xff : byte);
}

/**
 * Key under which the index stores one slice of a partitioned variable
 * (core/util/saved_tensor_slice_util.cc EncodeTensorNameSlice).
 */
export function encodeSliceKey(name: Uint8Array, extents: readonly Extent[]): Uint8Array {
  const bytes: number[] = [];
  pushNumber(bytes, 0);
  pushString(bytes, name);
  pushNumber(bytes, extents.length);
  for (const { start, length } of extents) {
    pushSigned(bytes, start);
    pushSigned(bytes, length);
  }
  return Uint8Array.from(bytes);
}

/** Name of the variable in a slice key, or undefined for any other key. */
export function nameOfSliceKey(key: Uint8Array): Uint8Array | undefined {
  if (key[0] !== 0 || key.length < 4) return undefined;
  const name: number[] = [];
  for (let at = 1; at + 1 < key.length; at++) {
    const byte = key[at]!;
    if (byte === 0 && key[at + 1] === 1) return Uint8Array.from(name);
    if ((byte === 0 && key[at + 1] === 0xff) || (byte === 0xff && key[at + 1] === 0)) {
      name.push(byte);
      at++;
    } else if (byte === 0 || byte === 0xff) return undefined;
    else name.push(byte);
  }
  return undefined;
}
