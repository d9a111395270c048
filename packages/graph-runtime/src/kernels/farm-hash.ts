/* FarmHash Fingerprint64 (farmhashna::Hash64), which StringToHashBucketFast is defined by. */

const MASK = 0xffffffffffffffffn;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const u64 = (x: bigint): bigint => x & MASK;
const rotate = (x: bigint, by: number): bigint =>
  by === 0 ? x : u64((x >> BigInt(by)) | (x << BigInt(64 - by)));
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

function mix16(u: bigint, v: bigint, mul: bigint): bigint {
  let a = u64((u ^ v) * mul);
  a ^= a >> 47n;
  let b = u64((v ^ a) * mul);
  b ^= b >> 47n;
  return u64(b * mul);
}

/** 64-bit fingerprint of the bytes. */
export function farmHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fetch = (at: number): bigint => view.getBigUint64(at, true);
  const fetch32 = (at: number): bigint => BigInt(view.getUint32(at, true));
  const n = bytes.length;
  const len = BigInt(n);
  if (n <= 16) {
    if (n >= 8) {
      const mul = u64(K2 + len * 2n);
      const a = u64(fetch(0) + K2);
      const b = fetch(n - 8);
      const c = u64(rotate(b, 37) * mul + a);
      const d = u64((rotate(a, 25) + b) * mul);
      return mix16(c, d, mul);
    }
    if (n >= 4) {
      const mul = u64(K2 + len * 2n);
      return mix16(u64(len + (fetch32(0) << 3n)), fetch32(n - 4), mul);
    }
    if (n > 0) {
      const y = BigInt(bytes[0]!) + (BigInt(bytes[n >> 1]!) << 8n);
      const z = len + (BigInt(bytes[n - 1]!) << 2n);
      return u64(shiftMix(u64(y * K2) ^ u64(z * K0)) * K2);
    }
    return K2;
  }
  if (n <= 32) {
    const mul = u64(K2 + len * 2n);
    const a = u64(fetch(0) * K1);
    const b = fetch(8);
    const c = u64(fetch(n - 8) * mul);
    const d = u64(fetch(n - 16) * K2);
    return mix16(u64(rotate(u64(a + b), 43) + rotate(c, 30) + d), u64(a + rotate(u64(b + K2), 18) + c), mul);
  }
  if (n <= 64) {
    const mul = u64(K2 + len * 2n);
    const a = u64(fetch(0) * K2);
    const b = fetch(8);
    const c = u64(fetch(n - 8) * mul);
    const d = u64(fetch(n - 16) * K2);
    const y = u64(rotate(u64(a + b), 43) + rotate(c, 30) + d);
    const z = mix16(y, u64(a + rotate(u64(b + K2), 18) + c), mul);
    const e = u64(fetch(16) * mul);
    const f = fetch(24);
    const g = u64((y + fetch(n - 32)) * mul);
    const h = u64((z + fetch(n - 24)) * mul);
    return mix16(u64(rotate(u64(e + f), 43) + rotate(g, 30) + h), u64(e + rotate(u64(f + a), 18) + g), mul);
  }
  return long(fetch, n);
}

function long(fetch: (at: number) => bigint, n: number): bigint {
  const seed = 81n;
  let x = seed;
  let y = u64(seed * K1 + 113n);
  let z = u64(shiftMix(u64(y * K2 + 113n)) * K2);
  let v: [bigint, bigint] = [0n, 0n];
  let w: [bigint, bigint] = [0n, 0n];
  x = u64(x * K2 + fetch(0));
  const weak = (at: number, aGiven: bigint, bGiven: bigint): [bigint, bigint] => {
    let a = u64(aGiven + fetch(at));
    const b0 = rotate(u64(bGiven + a + fetch(at + 24)), 21);
    const c = a;
    a = u64(a + fetch(at + 8) + fetch(at + 16));
    const b = u64(b0 + rotate(a, 44));
    return [u64(a + fetch(at + 24)), u64(b + c)];
  };
  const end = Math.floor((n - 1) / 64) * 64;
  const last64 = n - 64;
  let at = 0;
  do {
    x = u64(rotate(u64(x + y + v[0] + fetch(at + 8)), 37) * K1);
    y = u64(rotate(u64(y + v[1] + fetch(at + 48)), 42) * K1);
    x ^= w[1];
    y = u64(y + v[0] + fetch(at + 40));
    z = u64(rotate(u64(z + w[0]), 33) * K1);
    v = weak(at, u64(v[1] * K1), u64(x + w[0]));
    w = weak(at + 32, u64(z + w[1]), u64(y + fetch(at + 16)));
    [z, x] = [x, z];
    at += 64;
  } while (at !== end);
  const mul = u64(K1 + ((z & 0xffn) << 1n));
  at = last64;
  w = [u64(w[0] + BigInt((n - 1) & 63)), w[1]];
  v = [u64(v[0] + w[0]), v[1]];
  w = [u64(w[0] + v[0]), w[1]];
  x = u64(rotate(u64(x + y + v[0] + fetch(at + 8)), 37) * mul);
  y = u64(rotate(u64(y + v[1] + fetch(at + 48)), 42) * mul);
  x ^= u64(w[1] * 9n);
  y = u64(y + v[0] * 9n + fetch(at + 40));
  z = u64(rotate(u64(z + w[0]), 33) * mul);
  v = weak(at, u64(v[1] * mul), u64(x + w[0]));
  w = weak(at + 32, u64(z + w[1]), u64(y + fetch(at + 16)));
  [z, x] = [x, z];
  return mix16(u64(mix16(v[0], w[0], mul) + u64(shiftMix(y) * K0) + z), u64(mix16(v[1], w[1], mul) + x), mul);
}
