import { DTYPE_FACTS, dtypeOf } from "@servable/tensors";
import { crc32c, unmaskCrc } from "../table/crc32c.ts";

/** Bytes of the data files that an index uses, by shard. */
export interface IndexExtent {
  readonly shards: number;
  /** End of the last tensor of each shard. */
  readonly ends: readonly number[];
}

const WIDTHS = new Uint8Array(64);
let widthsMade = false;

/** Element widths by dtype number; 255 for strings, 0 for what has no plain bytes. */
function widths(): Uint8Array {
  if (!widthsMade) {
    for (let number = 0; number < WIDTHS.length; number++) {
      const dtype = dtypeOf(number);
      if (dtype !== undefined) WIDTHS[number] = dtype === "DT_STRING" ? 255 : DTYPE_FACTS[dtype].width;
    }
    widthsMade = true;
  }
  return WIDTHS;
}

const MAGIC_LOW = 0x8b80fb57 | 0;
const MAGIC_HIGH = 0xdb477524 | 0;

/** A block of at most this many entries is judged here; larger tables go the long way. */
const MAX_ENTRIES = 4096;

/**
 * Whether variables.index (the first `length` bytes of `bytes`) is of the plain kind that nearly every export has:
 * uncompressed blocks with right checksums, a usual header, keys in order, no slices, sizes that fit shape and dtype,
 * tensors side by side without a gap from byte 0 on. Returns how far they reach in each shard, or undefined for
 * anything else, which is not to say that it is wrong: the rules then look closely. Allocates next to nothing.
 */
export class IndexScanner {
  readonly #offsets = new Float64Array(MAX_ENTRIES);
  readonly #ends = new Float64Array(MAX_ENTRIES);
  readonly #shardOf = new Int32Array(MAX_ENTRIES);
  readonly #key = new Uint8Array(4096);
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #limit = 0;

  /** Varint up to 2^53, or -1. */
  #varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      if (this.#at >= this.#limit) return -1;
      const byte = bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return -1;
  }

  #blockIsSound(offset: number, size: number, footer: number): boolean {
    const end = offset + size;
    if (offset < 0 || size < 4 || !(end + 5 <= footer)) return false;
    const bytes = this.#bytes;
    if (bytes[end] !== 0) return false; // compressed
    const stored =
      (bytes[end + 1]! | (bytes[end + 2]! << 8) | (bytes[end + 3]! << 16) | (bytes[end + 4]! << 24)) >>> 0;
    return crc32c(bytes, 0, offset, end + 1) === unmaskCrc(stored);
  }

  /** End of the entries of a block, or -1. */
  #entriesEnd(offset: number, size: number): number {
    const bytes = this.#bytes;
    const at = offset + size - 4;
    const restarts =
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
    const end = at - restarts * 4;
    return end < offset ? -1 : end;
  }

  scan(bytes: Uint8Array, length: number): IndexExtent | undefined {
    if (length < 48) return undefined;
    const footer = length - 48;
    const magic = length - 8;
    const word = (at: number): number =>
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    if (word(magic) !== MAGIC_LOW || word(magic + 4) !== MAGIC_HIGH) return undefined;
    this.#bytes = bytes;
    this.#at = footer;
    this.#limit = magic;
    this.#varint();
    this.#varint();
    const indexOffset = this.#varint();
    const indexSize = this.#varint();
    if (indexOffset < 0 || indexSize < 0 || !this.#blockIsSound(indexOffset, indexSize, footer))
      return undefined;
    const indexEnd = this.#entriesEnd(indexOffset, indexSize);
    if (indexEnd < 0) return undefined;

    let shards = -1;
    let count = 0;
    let keyLength = 0;
    let blocks = 0;
    let indexAt = indexOffset;
    while (indexAt < indexEnd) {
      this.#at = indexAt;
      this.#limit = indexEnd;
      if (this.#varint() < 0) return undefined;
      const own = this.#varint();
      const valueLength = this.#varint();
      if (own < 0 || valueLength < 0 || own + valueLength > indexEnd - this.#at) return undefined;
      this.#at += own;
      indexAt = this.#at + valueLength;
      this.#limit = indexAt;
      const offset = this.#varint();
      const size = this.#varint();
      blocks += size + 5;
      if (offset < 0 || size < 0 || blocks > length || !this.#blockIsSound(offset, size, footer))
        return undefined;
      const end = this.#entriesEnd(offset, size);
      if (end < 0) return undefined;
      this.#at = offset;
      while (this.#at < end) {
        this.#limit = end;
        const shared = this.#varint();
        const fresh = this.#varint();
        const bytesOfValue = this.#varint();
        if (
          shared < 0 ||
          fresh < 0 ||
          bytesOfValue < 0 ||
          shared > keyLength ||
          shared + fresh > this.#key.length
        )
          return undefined;
        if (fresh + bytesOfValue > end - this.#at) return undefined;
        const keyAt = this.#at;
        if (shards < 0) {
          // The header: empty key, first of all.
          if (shared + fresh !== 0) return undefined;
        } else {
          // In order: the first new byte is above the one it replaces, or the key goes on where the last one ended.
          if (fresh === 0 || (shared === 0 && bytes[keyAt] === 0)) return undefined;
          let order = 0;
          for (let index = 0; index < fresh && order === 0; index++) {
            order = shared + index < keyLength ? bytes[keyAt + index]! - this.#key[shared + index]! : 1;
          }
          if (order <= 0) return undefined;
          for (let index = 0; index < fresh; index++) this.#key[shared + index] = bytes[keyAt + index]!;
          keyLength = shared + fresh;
        }
        this.#at = keyAt + fresh;
        const valueEnd = this.#at + bytesOfValue;
        this.#limit = valueEnd;
        if (shards < 0) {
          shards = this.#header(valueEnd);
          if (shards < 1 || shards > 1000) return undefined;
        } else {
          if (count >= MAX_ENTRIES || !this.#entry(valueEnd, count, shards)) return undefined;
          count++;
        }
        if (this.#at !== valueEnd) return undefined;
      }
    }
    return shards < 1 || count === 0 ? undefined : this.#extent(shards, count);
  }

  /** num_shards of a usual header, or -1. */
  #header(end: number): number {
    let shards = 0;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === 8) shards = this.#varint();
      else if (tag === 26) {
        const inner = this.#varint();
        if (inner < 0 || inner > end - this.#at) return -1;
        const stop = this.#at + inner;
        while (this.#at < stop) {
          const field = this.#varint();
          const value = this.#varint();
          // producer, min_consumer of at most 1; anything else is not usual.
          if (value < 0 || !(field === 8 || (field === 16 && value <= 1))) return -1;
        }
        if (this.#at !== stop) return -1;
      } else return -1;
    }
    return shards;
  }

  #entry(end: number, slot: number, shards: number): boolean {
    let dtype = 0;
    let elements = 1;
    let shard = 0;
    let offset = 0;
    let size = 0;
    let hasCrc = false;
    while (this.#at < end) {
      const tag = this.#varint();
      switch (tag) {
        case 8:
          dtype = this.#varint();
          break;
        case 18: {
          const inner = this.#varint();
          if (inner < 0 || inner > end - this.#at) return false;
          const stop = this.#at + inner;
          while (this.#at < stop) {
            if (this.#varint() !== 18) return false;
            const dim = this.#varint();
            if (dim === 0) elements = 0;
            else {
              const dimEnd = this.#at + dim;
              if (dim < 0 || this.#varint() !== 8) return false;
              const length = this.#varint();
              if (length < 0 || this.#at !== dimEnd) return false;
              elements *= length;
            }
          }
          if (this.#at !== stop) return false;
          break;
        }
        case 24:
          shard = this.#varint();
          break;
        case 32:
          offset = this.#varint();
          break;
        case 40:
          size = this.#varint();
          break;
        case 53: {
          const at = this.#at;
          if (at + 4 > end) return false;
          const bytes = this.#bytes;
          hasCrc = (bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) !== 0;
          this.#at = at + 4;
          break;
        }
        default:
          return false;
      }
    }
    const width = dtype > 0 && dtype < WIDTHS.length ? widths()[dtype]! : 0;
    if (width === 0 || shard < 0 || shard >= shards || offset < 0 || size <= 0 || !hasCrc) return false;
    if (width !== 255 && elements * width !== size) return false;
    this.#offsets[slot] = offset;
    this.#ends[slot] = offset + size;
    this.#shardOf[slot] = shard;
    return true;
  }

  /** Tensors of a shard tile it when the sorted ends are the sorted starts, one place on. */
  #extent(shards: number, count: number): IndexExtent | undefined {
    const ends: number[] = [];
    for (let shard = 0; shard < shards; shard++) {
      let starts: Float64Array;
      let stops: Float64Array;
      if (shards === 1) {
        starts = this.#offsets.subarray(0, count);
        stops = this.#ends.subarray(0, count);
      } else {
        const slots: number[] = [];
        for (let slot = 0; slot < count; slot++) if (this.#shardOf[slot] === shard) slots.push(slot);
        starts = Float64Array.from(slots, (slot) => this.#offsets[slot]!);
        stops = Float64Array.from(slots, (slot) => this.#ends[slot]!);
      }
      if (starts.length === 0) return undefined;
      starts.sort();
      stops.sort();
      if (starts[0] !== 0) return undefined;
      for (let index = 1; index < starts.length; index++)
        if (starts[index] !== stops[index - 1]) return undefined;
      ends.push(stops[stops.length - 1]!);
    }
    return { shards, ends };
  }
}
