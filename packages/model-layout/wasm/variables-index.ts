// AssemblyScript: whether variables.index is plain (see plain-files.ts).

export const MAX_INDEX: i32 = 1 << 16;
/** Larger tables go the long way. */
const MAX_ENTRIES: i32 = 4096;
export const MAX_SHARDS: i32 = 256;
const MAX_KEY: i32 = 4096;
export const DTYPES: i32 = 64;

export const index: usize = memory.data(MAX_INDEX);
/** Element widths by dtype number, to be filled from outside; 255 for strings, 0 for what has no plain bytes. */
export const widths: usize = memory.data(DTYPES);
/** Where the last tensor of each shard ends: doubles. */
export const ends: usize = memory.data(MAX_SHARDS * 8);

/** Table t holds the CRC-32C of each byte followed by t zero bytes. */
const tables: usize = memory.data(8 * 256 * 4);
/** Shard (upper 16 bits) and place of each tensor's first byte, and of the byte behind its last. */
const starts: usize = memory.data(MAX_ENTRIES * 8);
const stops: usize = memory.data(MAX_ENTRIES * 8);
const SHARD_SHIFT: u64 = 48;
const IN_SHARD: u64 = 0xffffffffffff;
const MAX_SHARD_BYTES: i64 = 0x7fffffffffff;
const key: usize = memory.data(MAX_KEY);

/** To be called once. */
export function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    store<u32>(tables + byte * 4, value);
  }
  for (let byte: u32 = 0; byte < 256; byte++) {
    for (let table: u32 = 1; table < 8; table++) {
      const previous = load<u32>(tables + ((table - 1) * 256 + byte) * 4);
      store<u32>(
        tables + (table * 256 + byte) * 4,
        (previous >>> 8) ^ load<u32>(tables + (previous & 0xff) * 4),
      );
    }
  }
}

function crc32c(from: i32, to: i32): u32 {
  let value: u32 = 0xffffffff;
  let at = index + from;
  const end = index + to;
  for (; at + 8 <= end; at += 8) {
    const low = value ^ load<u32>(at);
    const high = load<u32>(at + 4);
    value =
      load<u32>(tables + ((low & 0xff) << 2), 7168) ^
      load<u32>(tables + (((low >>> 8) & 0xff) << 2), 6144) ^
      load<u32>(tables + (((low >>> 16) & 0xff) << 2), 5120) ^
      load<u32>(tables + ((low >>> 24) << 2), 4096) ^
      load<u32>(tables + ((high & 0xff) << 2), 3072) ^
      load<u32>(tables + (((high >>> 8) & 0xff) << 2), 2048) ^
      load<u32>(tables + (((high >>> 16) & 0xff) << 2), 1024) ^
      load<u32>(tables + ((high >>> 24) << 2));
  }
  for (; at < end; at++) value = (value >>> 8) ^ load<u32>(tables + (((value ^ load<u8>(at)) & 0xff) << 2));
  return ~value;
}

// A sorted table whose values are BundleEntryProto.

/** Place in the index, and where what is being read ends. */
let at: i32 = 0;
let limit: i32 = 0;

/** Varint below 2^56, or -1. */
function varint(): i64 {
  let value: i64 = 0;
  for (let shift: i64 = 0; shift < 56; shift += 7) {
    if (at >= limit) return -1;
    const byte = <i64>load<u8>(index + at++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return -1;
}

/** Whether a block lies before the footer, is not compressed, and has the checksum that stands behind it. */
function blockIsSound(offset: i64, size: i64, footer: i32): bool {
  if (offset < 0 || size < 4 || offset + size + 5 > <i64>footer) return false;
  const end = <i32>(offset + size);
  if (load<u8>(index + end) !== 0) return false;
  // The mask of tsl/lib/hash/crc32c.h: rotated by 15 bits, plus a constant.
  const rotated = load<u32>(index + end, 1) - 0xa282ead8;
  return crc32c(<i32>offset, end + 1) === ((rotated >>> 17) | (rotated << 15));
}

/** End of the entries of a block, or -1. */
function entriesEnd(offset: i64, size: i64): i32 {
  const counted = offset + size - 4;
  const end = counted - 4 * <i64>load<u32>(index + <i32>counted);
  return end < offset ? -1 : <i32>end;
}

/**
 * Whether variables.index (the first `length` bytes of `index`) is plain: uncompressed blocks with right checksums, a
 * usual header, keys in order, no slices, sizes that fit shape and dtype, tensors side by side without a gap from byte 0
 * on. Returns the number of shards, with `ends` filled, or 0.
 */
export function readIndex(length: i32): i32 {
  if (length < 48 || length >= MAX_INDEX) return 0;
  const footer = length - 48;
  if (load<u32>(index + length - 8) !== 0x8b80fb57 || load<u32>(index + length - 4) !== 0xdb477524) return 0;
  at = footer;
  limit = length - 8;
  if (varint() < 0 || varint() < 0) return 0; // the meta index
  const indexOffset = varint();
  const indexSize = varint();
  if (!blockIsSound(indexOffset, indexSize, footer)) return 0;
  const indexEnd = entriesEnd(indexOffset, indexSize);
  if (indexEnd < 0) return 0;

  let shards: i64 = -1;
  let count: i32 = 0;
  let keyLength: i32 = 0;
  let blocks: i64 = 0;
  let indexAt = <i32>indexOffset;
  while (indexAt < indexEnd) {
    at = indexAt;
    limit = indexEnd;
    if (varint() < 0) return 0;
    const own = varint();
    const valueLength = varint();
    if (own < 0 || valueLength < 0 || own + valueLength > <i64>(indexEnd - at)) return 0;
    at += <i32>own;
    indexAt = at + <i32>valueLength;
    limit = indexAt;
    const offset = varint();
    const size = varint();
    blocks += size + 5;
    if (offset < 0 || size < 0 || blocks > <i64>length || !blockIsSound(offset, size, footer)) return 0;
    const end = entriesEnd(offset, size);
    if (end < 0) return 0;
    at = <i32>offset;
    while (at < end) {
      limit = end;
      const shared = varint();
      const fresh = varint();
      const valueBytes = varint();
      if (shared < 0 || fresh < 0 || valueBytes < 0 || shared > <i64>keyLength || shared + fresh > MAX_KEY)
        return 0;
      if (fresh + valueBytes > <i64>(end - at)) return 0;
      const valueEnd = at + <i32>(fresh + valueBytes);
      if (shards < 0) {
        // The header: empty key, first of all.
        if (shared + fresh !== 0) return 0;
        limit = valueEnd;
        shards = header(valueEnd);
        if (shards < 1 || shards > MAX_SHARDS) return 0;
      } else {
        if (count >= MAX_ENTRIES || !isNextKey(<i32>shared, <i32>fresh, keyLength)) return 0;
        keyLength = <i32>(shared + fresh);
        at += <i32>fresh;
        limit = valueEnd;
        if (!entry(valueEnd, count, shards)) return 0;
        count++;
      }
      if (at !== valueEnd) return 0;
    }
  }
  return shards > 0 && tile(count, <i32>shards) ? <i32>shards : 0;
}

/** Takes over a key; whether it is above the last one. */
function isNextKey(shared: i32, fresh: i32, lastLength: i32): bool {
  if (fresh === 0 || (shared === 0 && load<u8>(index + at) === 0)) return false;
  // The first new byte is above the one it replaces, or the key goes on where the last one ended.
  let order: i32 = 0;
  for (let place = 0; place < fresh && order === 0; place++) {
    order =
      shared + place < lastLength
        ? <i32>load<u8>(index + at + place) - <i32>load<u8>(key + shared + place)
        : 1;
  }
  memory.copy(key + shared, index + at, fresh);
  return order > 0;
}

/** num_shards of a usual BundleHeaderProto, or -1. */
function header(end: i32): i64 {
  let shards: i64 = 0;
  while (at < end) {
    const tag = varint();
    if (tag === 8) shards = varint();
    else if (tag === 26) {
      const inner = varint();
      if (inner < 0 || inner > <i64>(end - at)) return -1;
      const stop = at + <i32>inner;
      while (at < stop) {
        const field = varint();
        const value = varint();
        // producer, min_consumer of at most 1; anything else is not usual.
        if (value < 0 || !(field === 8 || (field === 16 && value <= 1))) return -1;
      }
      if (at !== stop) return -1;
    } else return -1;
  }
  return shards;
}

/** Takes in a BundleEntryProto. */
function entry(end: i32, slot: i32, shards: i64): bool {
  let dtype: i64 = 0;
  let elements: f64 = 1;
  let shard: i64 = 0;
  let offset: i64 = 0;
  let size: i64 = 0;
  let hasCrc = false;
  while (at < end) {
    const tag = varint();
    if (tag === 8) dtype = varint();
    else if (tag === 18) {
      elements = elementsOf(end);
      if (elements < 0) return false;
    } else if (tag === 24) shard = varint();
    else if (tag === 32) offset = varint();
    else if (tag === 40) size = varint();
    else if (tag === 53) {
      if (at + 4 > end) return false;
      hasCrc = load<u32>(index + at) !== 0;
      at += 4;
    } else return false;
  }
  const width: i32 = dtype > 0 && dtype < DTYPES ? <i32>load<u8>(widths + <usize>dtype) : 0;
  if (width === 0 || shard < 0 || shard >= shards || offset < 0 || size <= 0 || !hasCrc) return false;
  if (offset > MAX_SHARD_BYTES || size > MAX_SHARD_BYTES || offset + size > MAX_SHARD_BYTES) return false;
  if (width !== 255 && elements * <f64>width !== <f64>size) return false;
  const place = (<u64>shard) << SHARD_SHIFT;
  store<u64>(starts + (slot << 3), place | <u64>offset);
  store<u64>(stops + (slot << 3), place | <u64>(offset + size));
  return true;
}

/** Elements of a TensorShapeProto, or -1. */
function elementsOf(end: i32): f64 {
  const inner = varint();
  if (inner < 0 || inner > <i64>(end - at)) return -1;
  const stop = at + <i32>inner;
  let elements: f64 = 1;
  while (at < stop) {
    if (varint() !== 18) return -1;
    const bytes = varint();
    if (bytes === 0) {
      elements = 0;
      continue;
    }
    const dimEnd = <i64>at + bytes;
    if (bytes < 0 || varint() !== 8) return -1;
    const length = varint();
    if (length < 0 || <i64>at !== dimEnd) return -1;
    elements *= <f64>length;
  }
  return at === stop ? elements : -1;
}

/** They are nearly always in order already. */
function sort(places: usize, count: i32): void {
  for (let slot = 1; slot < count; slot++) {
    const value = load<u64>(places + (slot << 3));
    let free = slot;
    for (; free > 0; free--) {
      const before = load<u64>(places + ((free - 1) << 3));
      if (before <= value) break;
      store<u64>(places + (free << 3), before);
    }
    store<u64>(places + (free << 3), value);
  }
}

/** Whether the tensors of each shard tile it: the sorted ends are the sorted starts, one place on. Fills `ends`. */
function tile(count: i32, shards: i32): bool {
  sort(starts, count);
  sort(stops, count);
  let shard: i32 = -1;
  let reached: u64 = 0;
  for (let slot = 0; slot < count; slot++) {
    const start = load<u64>(starts + (slot << 3));
    if (<i32>(start >> SHARD_SHIFT) !== shard) {
      shard++;
      reached = (<u64>shard) << SHARD_SHIFT;
    }
    if (start !== reached) return false;
    reached = load<u64>(stops + (slot << 3));
    store<f64>(ends + (shard << 3), <f64>(reached & IN_SHARD));
  }
  return shard === shards - 1;
}
