import { wasm } from "../generated/crc32c-wasm.ts";

/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78). Short inputs go through tables in JavaScript, long ones through
 * a small WebAssembly module that works on two runs of bytes at once. Both are made on first use.
 */
let tables: Int32Array | undefined;

/** Table t holds the checksum of each byte followed by t zero bytes. */
function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    made[byte] = value;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let table = 1; table < 16; table++) {
      const previous = made[(table - 1) * 256 + byte]!;
      made[table * 256 + byte] = (previous >>> 8) ^ made[previous & 0xff]!;
    }
  }
  return made;
}

/** Halves of a pair, as in make-crc32c-wasm.ts. */
const HALF = 8192;
/** First byte of the data in the module's memory, and how much of it there is. */
const DATA_START = 32_768;
const DATA_SIZE = 1 << 20;
/** Below this a copy into the module's memory costs more than it saves. */
const LONG = 4096;

/** What is used of the global, whose types come only with those of a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Module {
  readonly crc: (state: number, place: number, length: number) => number;
  readonly data: Uint8Array;
}

let module: Module | undefined | "none";

/** Tables that move a checksum over HALF zero bytes, a byte of it at a time. */
function moveTables(base: Int32Array): Int32Array {
  // Columns of the operator for one zero byte, squared until it spans HALF of them.
  const apply = (columns: Int32Array, value: number): number => {
    let sum = 0;
    for (let bit = 0, rest = value; rest !== 0; bit++, rest >>>= 1) if (rest & 1) sum ^= columns[bit]!;
    return sum;
  };
  let columns = new Int32Array(32);
  for (let bit = 0; bit < 32; bit++) {
    const value = 2 ** bit;
    columns[bit] = (value >>> 8) ^ base[value & 0xff]!;
  }
  for (let length = 1; length < HALF; length *= 2) {
    const squared = new Int32Array(32);
    for (let bit = 0; bit < 32; bit++) squared[bit] = apply(columns, columns[bit]!);
    columns = squared;
  }
  const made = new Int32Array(4 * 256);
  for (let part = 0; part < 4; part++) {
    for (let byte = 0; byte < 256; byte++)
      made[part * 256 + byte] = apply(columns, (byte << (8 * part)) >>> 0);
  }
  return made;
}

function load(): Module | undefined {
  if (module !== undefined) return module === "none" ? undefined : module;
  tables ??= makeTables();
  try {
    const bytes = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const { memory, crc } = exports as { memory: { buffer: ArrayBuffer }; crc: Module["crc"] };
    new Int32Array(memory.buffer, 0, tables.length).set(tables);
    new Int32Array(memory.buffer, tables.byteLength, 1024).set(moveTables(tables));
    module = { crc, data: new Uint8Array(memory.buffer, DATA_START, DATA_SIZE) };
  } catch {
    // A runtime without WebAssembly: the tables alone do.
    module = "none";
    return undefined;
  }
  return module;
}

/**
 * A buffer of 1 MiB in which checksums are fastest: what is read into it need not be copied again. There is one for the
 * whole process, so use it at once and keep no views.
 */
export function checksumBuffer(): Uint8Array {
  return load()?.data ?? new Uint8Array(DATA_SIZE);
}

/** Checksum of `bytes[start, end)`, going on from `crc` (the checksum of what came before; 0 at the start). */
export function crc32c(bytes: Uint8Array, crc = 0, start = 0, end = bytes.length): number {
  if (end - start >= LONG) {
    const found = load();
    if (found !== undefined) {
      let state = ~crc;
      if (bytes.buffer === found.data.buffer) {
        return ~found.crc(state, bytes.byteOffset + start, end - start) >>> 0;
      }
      for (let at = start; at < end; at += DATA_SIZE) {
        const part = bytes.subarray(at, Math.min(end, at + DATA_SIZE));
        found.data.set(part);
        state = found.crc(state, DATA_START, part.length);
      }
      return ~state >>> 0;
    }
  }
  tables ??= makeTables();
  const t = tables;
  let value = ~crc;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const low =
      value ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    value =
      t[1792 + (low & 0xff)]! ^
      t[1536 + ((low >>> 8) & 0xff)]! ^
      t[1280 + ((low >>> 16) & 0xff)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < end; at++) value = (value >>> 8) ^ t[(value ^ bytes[at]!) & 0xff]!;
  return ~value >>> 0;
}

/** The form in which TensorFlow stores checksums (tsl/lib/hash/crc32c.h): rotated by 15 bits, plus a constant. */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function unmaskCrc(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
