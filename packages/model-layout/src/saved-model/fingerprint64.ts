/**
 * FarmHash Fingerprint64 (farmhashna::Hash64), by which fingerprint.pb ties variables.index to the graph. Written from
 * the published algorithm; 64-bit words are bigints, since the files are small.
 */
const MASK = 0xffffffffffffffffn;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const rotate = (value: bigint, by: bigint): bigint =>
  by === 0n ? value : ((value >> by) | (value << (64n - by))) & MASK;
const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);

function hash16(u: bigint, v: bigint, mul: bigint): bigint {
  let a = ((u ^ v) * mul) & MASK;
  a ^= a >> 47n;
  let b = ((v ^ a) * mul) & MASK;
  b ^= b >> 47n;
  return (b * mul) & MASK;
}

/** Hash of a byte string. */
export function fingerprint64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const f64 = (at: number): bigint => view.getBigUint64(at, true);
  const f32 = (at: number): bigint => BigInt(view.getUint32(at, true));
  const length = bytes.length;
  const len = BigInt(length);
  if (length <= 16) {
    if (length >= 8) {
      const mul = K2 + len * 2n;
      const a = (f64(0) + K2) & MASK;
      const b = f64(length - 8);
      const c = (rotate(b, 37n) * mul + a) & MASK;
      const d = ((rotate(a, 25n) + b) * mul) & MASK;
      return hash16(c, d, mul & MASK);
    }
    if (length >= 4) {
      const mul = (K2 + len * 2n) & MASK;
      return hash16(len + (f32(0) << 3n), f32(length - 4), mul);
    }
    if (length > 0) {
      const a = BigInt(bytes[0]!);
      const b = BigInt(bytes[length >> 1]!);
      const c = BigInt(bytes[length - 1]!);
      const y = a + (b << 8n);
      const z = len + (c << 2n);
      return (shiftMix(((y * K2) ^ (z * K0)) & MASK) * K2) & MASK;
    }
    return K2;
  }
  if (length <= 32) {
    const mul = (K2 + len * 2n) & MASK;
    const a = (f64(0) * K1) & MASK;
    const b = f64(8);
    const c = (f64(length - 8) * mul) & MASK;
    const d = (f64(length - 16) * K2) & MASK;
    return hash16(
      (rotate((a + b) & MASK, 43n) + rotate(c, 30n) + d) & MASK,
      (a + rotate((b + K2) & MASK, 18n) + c) & MASK,
      mul,
    );
  }
  if (length <= 64) {
    const mul = (K2 + len * 2n) & MASK;
    const a = (f64(0) * K2) & MASK;
    const b = f64(8);
    const c = (f64(length - 8) * mul) & MASK;
    const d = (f64(length - 16) * K2) & MASK;
    const y = (rotate((a + b) & MASK, 43n) + rotate(c, 30n) + d) & MASK;
    const z = hash16(y, (a + rotate((b + K2) & MASK, 18n) + c) & MASK, mul);
    const e = (f64(16) * mul) & MASK;
    const f = f64(24);
    const g = ((y + f64(length - 32)) * mul) & MASK;
    const h = ((z + f64(length - 24)) * mul) & MASK;
    return hash16(
      (rotate((e + f) & MASK, 43n) + rotate(g, 30n) + h) & MASK,
      (e + rotate((f + a) & MASK, 18n) + g) & MASK,
      mul,
    );
  }
  const weak = (at: number, a: bigint, b: bigint): [bigint, bigint] => {
    const w = f64(at);
    const x = f64(at + 8);
    const y = f64(at + 16);
    const z = f64(at + 24);
    let first = (a + w) & MASK;
    let second = rotate((b + first + z) & MASK, 21n);
    const c = first;
    first = (first + x + y) & MASK;
    second = (second + rotate(first, 44n)) & MASK;
    return [(first + z) & MASK, (second + c) & MASK];
  };
  let x = 81n;
  let y = (81n * K1 + 113n) & MASK;
  let z = (shiftMix((y * K2 + 113n) & MASK) * K2) & MASK;
  let v: [bigint, bigint] = [0n, 0n];
  let w: [bigint, bigint] = [0n, 0n];
  x = (x * K2 + f64(0)) & MASK;
  const end = Math.floor((length - 1) / 64) * 64;
  let at = 0;
  do {
    x = (rotate((x + y + v[0] + f64(at + 8)) & MASK, 37n) * K1) & MASK;
    y = (rotate((y + v[1] + f64(at + 48)) & MASK, 42n) * K1) & MASK;
    x ^= w[1];
    y = (y + v[0] + f64(at + 40)) & MASK;
    z = (rotate((z + w[0]) & MASK, 33n) * K1) & MASK;
    v = weak(at, (v[1] * K1) & MASK, (x + w[0]) & MASK);
    w = weak(at + 32, (z + w[1]) & MASK, (y + f64(at + 16)) & MASK);
    [z, x] = [x, z];
    at += 64;
  } while (at !== end);
  const mul = (K1 + ((z & 0xffn) << 1n)) & MASK;
  at = length - 64;
  w[0] = (w[0] + ((len - 1n) & 63n)) & MASK;
  v[0] = (v[0] + w[0]) & MASK;
  w[0] = (w[0] + v[0]) & MASK;
  x = (rotate((x + y + v[0] + f64(at + 8)) & MASK, 37n) * mul) & MASK;
  y = (rotate((y + v[1] + f64(at + 48)) & MASK, 42n) * mul) & MASK;
  x ^= (w[1] * 9n) & MASK;
  y = (y + v[0] * 9n + f64(at + 40)) & MASK;
  z = (rotate((z + w[0]) & MASK, 33n) * mul) & MASK;
  v = weak(at, (v[1] * mul) & MASK, (x + w[0]) & MASK);
  w = weak(at + 32, (z + w[1]) & MASK, (y + f64(at + 16)) & MASK);
  [z, x] = [x, z];
  return hash16(
    (hash16(v[0], w[0], mul) + shiftMix(y) * K0 + z) & MASK,
    (hash16(v[1], w[1], mul) + x) & MASK,
    mul,
  );
}
