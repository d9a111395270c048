import { FAR, NEAR, TURN, wasm } from "../generated/crc32c-wasm.ts";
import { wasmExports } from "../wasm-exports.ts";

/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78). Short inputs go through tables in JavaScript; long ones are
 * first made short by a small WebAssembly module (see make-crc32c-wasm.ts). Both are made on first use.
 */
let tables: Int32Array | undefined;

/** Table t holds the checksum of each byte followed by t zero bytes. */
function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    made[byte] = value;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let table = 1; table < 8; table++) {
      const previous = made[(table - 1) * 256 + byte]!;
      made[table * 256 + byte] = (previous >>> 8) ^ made[previous & 0xff]!;
    }
  }
  return made;
}

/** The register (the inverted checksum) after `bytes[start, end)`. */
function byTables(bytes: Uint8Array, register: number, start: number, end: number): number {
  tables ??= makeTables();
  const t = tables;
  let value = register;
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
  return value;
}

/*
 * The module's memory. Each loop reads what it struck out from before its input, where zeros must be; its last turns
 * read it from a copy that zeros follow.
 */
const FAR_END = 0;
const FAR_REST = 16_384;
const NEAR_END = 24_576;
const NEAR_REST = 28_672;
const DATA = 36_864;
const DATA_SIZE = 1 << 19;
/** Below these lengths a loop costs more than it saves. */
const WORTH_FAR = 16_384;
const WORTH_NEAR = 1024;

type Loop = (struck: number, from: number, to: number, length: number) => void;

class Module {
  readonly #memory: Uint8Array;
  readonly #far: Loop;
  readonly #near: Loop;
  readonly data: Uint8Array;

  constructor() {
    const { memory, far, near } = wasmExports<{
      memory: { buffer: ArrayBuffer };
      far: Loop;
      near: Loop;
    }>(wasm);
    this.#memory = new Uint8Array(memory.buffer);
    this.#far = far;
    this.#near = near;
    this.data = this.#memory.subarray(DATA, DATA + DATA_SIZE);
  }

  /** The register after the first `length` bytes of the data, which are destroyed. */
  take(length: number, register: number): number {
    const memory = this.#memory;
    if (length < WORTH_NEAR) return byTables(memory, register, DATA, DATA + length);
    memory[DATA] = memory[DATA]! ^ register;
    memory[DATA + 1] = memory[DATA + 1]! ^ (register >>> 8);
    memory[DATA + 2] = memory[DATA + 2]! ^ (register >>> 16);
    memory[DATA + 3] = memory[DATA + 3]! ^ (register >>> 24);
    let at = DATA;
    let rest = length;
    if (length >= WORTH_FAR) {
      rest = this.#strike(this.#far, FAR, at, rest, FAR_END, FAR_REST);
      at = FAR_REST;
    }
    rest = this.#strike(this.#near, NEAR, at, rest, NEAR_END, NEAR_REST);
    return byTables(memory, 0, NEAR_REST, NEAR_REST + rest);
  }

  /** Shortens the `length` bytes at `at` to those at `to`; returns how many: fewer than `reach` and a turn. */
  #strike(loop: Loop, reach: number, at: number, length: number, end: number, to: number): number {
    const struck = Math.floor((length - reach) / TURN) * TURN;
    loop(at - reach, at, at, struck);
    this.#memory.copyWithin(end, at + struck - reach, at + struck);
    loop(end, at + struck, to, length - struck);
    return length - struck;
  }
}

let module: Module | undefined | "none";

function load(): Module | undefined {
  if (module === undefined) {
    try {
      module = new Module();
    } catch {
      module = "none"; // no WebAssembly here, or none with vectors: the tables alone do
    }
  }
  return module === "none" ? undefined : module;
}

/** A place in which checksums are made without copying. There is one for the whole process, so use it at once. */
export interface ChecksumBuffer {
  /** To be filled from the start. */
  readonly bytes: Uint8Array;
  /** Checksum of the first `length` bytes, going on from `crc`. Destroys the bytes. */
  take(length: number, crc: number): number;
}

let buffer: ChecksumBuffer | undefined;

export function checksumBuffer(): ChecksumBuffer {
  if (buffer === undefined) {
    const found = load();
    const bytes = found?.data ?? new Uint8Array(DATA_SIZE);
    buffer = {
      bytes,
      take: (length, crc) => {
        const register = ~crc;
        return ~(found?.take(length, register) ?? byTables(bytes, register, 0, length)) >>> 0;
      },
    };
  }
  return buffer;
}

/** Checksum of `bytes[start, end)`, going on from `crc` (the checksum of what came before; 0 at the start). */
export function crc32c(bytes: Uint8Array, crc = 0, start = 0, end = bytes.length): number {
  let register = ~crc;
  const found = end - start >= WORTH_NEAR ? load() : undefined;
  if (found === undefined) return ~byTables(bytes, register, start, end) >>> 0;
  for (let at = start; at < end; at += DATA_SIZE) {
    const part = bytes.subarray(at, Math.min(end, at + DATA_SIZE));
    found.data.set(part);
    register = found.take(part.length, register);
  }
  return ~register >>> 0;
}

/** The form in which TensorFlow stores checksums (tsl/lib/hash/crc32c.h): rotated by 15 bits, plus a constant. */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** What {@link maskCrc} made of a checksum, undone. */
export function unmaskCrc(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
