import { wasm } from "../generated/fingerprint64-wasm.ts";
import { wasmExports } from "../wasm-exports.ts";

/**
 * FarmHash Fingerprint64 (farmhashna::Hash64), by which fingerprint.pb ties the files of an export together. Written
 * from the published algorithm: whole blocks of 64 bytes go through a small WebAssembly module, what is left through
 * bigints.
 */
const MASK = 0xffffffffffffffffn;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const rotate = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & MASK;
const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);

function hash16(u: bigint, v: bigint, mul: bigint): bigint {
  let a = ((u ^ v) * mul) & MASK;
  a ^= a >> 47n;
  let b = ((v ^ a) * mul) & MASK;
  b ^= b >> 47n;
  return (b * mul) & MASK;
}

/** First byte of the data in the module's memory, and how much of it there is; as in make-fingerprint64-wasm.ts. */
const DATA_START = 64;
const DATA_SIZE = 15 << 16;

interface Module {
  /** Takes blocks at a place of its memory into the state. */
  readonly blocks: (place: number, count: number) => void;
  readonly state: BigUint64Array;
  readonly data: Uint8Array;
  readonly view: DataView;
}

let module: Module | undefined;

function load(): Module {
  if (module !== undefined) return module;
  const { memory, blocks } = wasmExports<{ memory: { buffer: ArrayBuffer }; blocks: Module["blocks"] }>(wasm);
  module = {
    blocks,
    state: new BigUint64Array(memory.buffer, 0, 7),
    data: new Uint8Array(memory.buffer, DATA_START, DATA_SIZE),
    view: new DataView(memory.buffer, DATA_START, DATA_SIZE),
  };
  return module;
}

/** Hash of at most 64 bytes. */
function hashShort(bytes: Uint8Array): bigint {
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
  const mul = (K2 + len * 2n) & MASK;
  if (length <= 32) {
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

/** Hash of bytes, or of the bytes of all parts in a row; the parts are not joined. */
export function fingerprint64(bytes: Uint8Array | readonly Uint8Array[]): bigint {
  const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
  let length = 0;
  for (const part of parts) length += part.length;
  const { blocks, state, data, view } = load();
  // The block loop ends before the last block, and the end looks back at the last 64 bytes of all: what was in memory
  // before is kept in front.
  const last = new Uint8Array(64);
  let filled = 0;
  let begun = false;
  const begin = (): void => {
    const y = (81n * K1 + 113n) & MASK;
    state[0] = (81n * K2 + view.getBigUint64(0, true)) & MASK;
    state[1] = y;
    state[2] = (shiftMix((y * K2 + 113n) & MASK) * K2) & MASK;
    state.fill(0n, 3);
    begun = true;
  };
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      if (filled === DATA_SIZE) {
        if (!begun) begin();
        blocks(DATA_START, DATA_SIZE / 64);
        last.set(data.subarray(DATA_SIZE - 64));
        filled = 0;
      }
      const take = Math.min(DATA_SIZE - filled, part.length - at);
      data.set(at === 0 && take === part.length ? part : part.subarray(at, at + take), filled);
      filled += take;
      at += take;
    }
  }
  if (length <= 64) return hashShort(data.slice(0, length));
  if (!begun) begin();
  const whole = Math.floor((filled - 1) / 64);
  blocks(DATA_START, whole);
  const end = new Uint8Array(64);
  if (filled < 64) {
    end.set(last.subarray(filled));
    end.set(data.subarray(0, filled), 64 - filled);
  } else end.set(data.subarray(filled - 64, filled));
  return finish(BigInt(length), new DataView(end.buffer), state);
}

/** The last, overlapping block with a multiplier of its own. */
function finish(length: bigint, end: DataView, state: BigUint64Array): bigint {
  const f64 = (at: number): bigint => end.getBigUint64(at, true);
  let [x = 0n, y = 0n, z = 0n, v0 = 0n, v1 = 0n, w0 = 0n, w1 = 0n] = state;
  const mul = (K1 + ((z & 0xffn) << 1n)) & MASK;
  const weak = (at: number, a: bigint, b: bigint): readonly [bigint, bigint] => {
    const first = (a + f64(at)) & MASK;
    const second = rotate((b + first + f64(at + 24)) & MASK, 21n);
    const sum = (first + f64(at + 8) + f64(at + 16)) & MASK;
    return [(sum + f64(at + 24)) & MASK, (second + rotate(sum, 44n) + first) & MASK];
  };
  w0 = (w0 + ((length - 1n) & 63n)) & MASK;
  v0 = (v0 + w0) & MASK;
  w0 = (w0 + v0) & MASK;
  x = (rotate((x + y + v0 + f64(8)) & MASK, 37n) * mul) & MASK;
  y = (rotate((y + v1 + f64(48)) & MASK, 42n) * mul) & MASK;
  x ^= (w1 * 9n) & MASK;
  y = (y + v0 * 9n + f64(40)) & MASK;
  z = (rotate((z + w0) & MASK, 33n) * mul) & MASK;
  [v0, v1] = weak(0, (v1 * mul) & MASK, (x + w0) & MASK);
  [w0, w1] = weak(32, (z + w1) & MASK, (y + f64(16)) & MASK);
  // x and z change places.
  return hash16((hash16(v0, w0, mul) + shiftMix(y) * K0 + x) & MASK, (hash16(v1, w1, mul) + z) & MASK, mul);
}

const CAT = 0xc6a4a7935bd1e995n;

/** TensorFlow's FingerprintCat64: one hash of two, in this order. */
export function fingerprintCat64(first: bigint, second: bigint): bigint {
  let result = first ^ CAT;
  result ^= (shiftMix((second * CAT) & MASK) * CAT) & MASK;
  result = (result * CAT) & MASK;
  result = (shiftMix(result) * CAT) & MASK;
  return shiftMix(result);
}
