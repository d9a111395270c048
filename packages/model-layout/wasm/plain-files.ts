/*
 * AssemblyScript (https://www.assemblyscript.org), compiled by ../scripts/make-plain-files-wasm.mjs.
 *
 * Tells whether saved_model.pb and variables.index are of the plain kind that nearly every export has. Anything else is
 * not to say that a file is wrong: the rules look closely, then. A thread of a large check has a few hundred milliseconds
 * in all, which is less than V8 wants for getting JavaScript of this kind warm: hence WebAssembly.
 */

/** Reads up to `length` bytes of saved_model.pb at `position` into `window`; returns how many there were, 0 past the end. */
declare function readAt(position: f64, length: i32): i32;

/** Takes in what stands before a usual graph, and what stands behind one, in one read each. */
const WINDOW: i32 = 8192;
const MAX_INDEX: i32 = 1 << 16;
/** Larger tables go the long way. */
const MAX_ENTRIES: i32 = 4096;
const MAX_SHARDS: i32 = 256;
const MAX_KEY: i32 = 4096;
const DTYPES: i32 = 64;
/** Bytes of the names of assets, and of the tensors that take them. */
const MAX_NAMES: i32 = 4096;

export const window: usize = memory.data(WINDOW);
export const index: usize = memory.data(MAX_INDEX);
/** Element widths by dtype number, to be filled from outside; 255 for strings, 0 for what has no plain bytes. */
export const widths: usize = memory.data(DTYPES);
/** Where the last tensor of each shard ends: doubles. */
export const ends: usize = memory.data(MAX_SHARDS * 8);

/** File names of the assets, each followed by a zero byte. */
export const assetNames: usize = memory.data(MAX_NAMES);
/** Names of the tensors that take them, likewise. */
const assetTensors: usize = memory.data(MAX_NAMES);

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

// variables.index: a sorted table whose values are BundleEntryProto.

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

// saved_model.pb: the outline of a SavedModel, graphs stepped over.

/** Place in the file, what of it is in the window, and where it ends, once a read came short. */
let place: f64 = 0;
let windowStart: f64 = 0;
let windowLength: i32 = 0;
let fileEnd: f64 = Infinity;
let restores: bool = false;
let namesEnd: i32 = 0;
let tensorsEnd: i32 = 0;
/** The collection saved_model_assets, which counts only where the meta graph lists no assets itself. */
let hasOlderAssets: bool = false;

/** Makes sure that `need` bytes from the current place on are in the window. */
function fill(need: i32): bool {
  const inside = place - windowStart;
  if (inside >= 0 && inside + <f64>need <= <f64>windowLength) return true;
  if (place + <f64>need > fileEnd) return false;
  windowStart = place;
  windowLength = readAt(place, WINDOW);
  if (windowLength > 0 && windowLength < WINDOW) fileEnd = windowStart + <f64>windowLength;
  return windowLength >= need;
}

/** Where the current place is in memory, once it is in the window. */
function here(): usize {
  return window + <usize>(place - windowStart);
}

/** Varint below 2^31, or -1. */
function shortVarint(): i32 {
  let value: i64 = 0;
  for (let shift: i64 = 0; shift < 35; shift += 7) {
    if (!fill(1)) return -1;
    const byte = <i64>load<u8>(here());
    place += 1;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value > 0x7fffffff ? -1 : <i32>value;
  }
  return -1;
}

/**
 * Whether the outline of saved_model.pb is plain: schema version 1, one meta graph with the one tag `serve`, each asset
 * for a tensor of its own, nothing cut off and nothing left over. Returns 0, or 1, or 2 where variables are restored; with
 * `assetNames` filled.
 */
export function readOutline(): i32 {
  place = 0;
  windowStart = 0;
  windowLength = 0;
  fileEnd = Infinity;
  restores = false;
  namesEnd = 0;
  tensorsEnd = 0;
  hasOlderAssets = false;
  let schema: i32 = 0;
  let graphs: i32 = 0;
  while (fill(1)) {
    const tag = shortVarint();
    if (tag === 8) schema = shortVarint();
    else if (tag === 18) {
      const length = shortVarint();
      if (length < 0 || graphs++ > 0 || !metaGraph(place + <f64>length)) return 0;
    } else return 0;
  }
  if (schema !== 1 || graphs !== 1 || !isAtEnd() || (hasOlderAssets && namesEnd === 0)) return 0;
  return restores ? 2 : 1;
}

/** How much of `assetNames` is filled. */
export function assetBytes(): i32 {
  return namesEnd;
}

/** Whether the file ends at the current place: not before it, not after. */
function isAtEnd(): bool {
  if (fileEnd !== Infinity) return place === fileEnd;
  // Beyond the end there is nothing either, so the byte before must be there.
  return place > 0 && !fill(1) && readAt(place - 1, 1) === 1;
}

function metaGraph(end: f64): bool {
  let hasTag = false;
  let hasSaver = false;
  while (place < end) {
    const tag = shortVarint();
    if (tag < 0 || (tag & 7) !== 2) return false;
    const length = shortVarint();
    const stop = place + <f64>length;
    if (length < 0 || stop > end) return false;
    const field = tag >> 3;
    if (field === 1) {
      if (hasTag || !metaInfo(stop)) return false;
      hasTag = true;
    } else if (field === 2) {
      if (length > 0x38000000) return false; // near the size limit
    } else if (field === 3) {
      if (hasSaver || !saverDef(stop)) return false;
      hasSaver = true;
    } else if (field === 4) {
      if (keyIsAssets(stop)) hasOlderAssets = true;
    } else if (field === 6) {
      if (!assetFile(stop)) return false;
    } else if (field !== 5 && field !== 7) return false; // not known here
    place = stop;
  }
  return place === end && hasTag;
}

/** Whether a MetaInfoDef is usual and has the one tag `serve`. */
function metaInfo(end: f64): bool {
  let tags: i32 = 0;
  while (place < end) {
    const tag = shortVarint();
    if (tag === 56) {
      if (shortVarint() < 0) return false;
      continue;
    }
    if (tag < 0 || (tag & 7) !== 2) return false;
    const length = shortVarint();
    if (length < 0 || <f64>length > end - place) return false;
    const field = tag >> 3;
    if (field === 2 || field === 8) {
      place += <f64>length; // the op list and the function aliases
      continue;
    }
    if (!isAscii(length, end)) return false;
    if (field === 4) {
      const text = here() - length;
      if (tags++ > 0 || length !== 5 || load<u32>(text) !== 0x76726573 || load<u8>(text, 4) !== 0x65)
        return false;
    }
  }
  return place === end && tags === 1;
}

/** Whether a SaverDef is usual; sets whether it names a restore op. */
function saverDef(end: f64): bool {
  while (place < end) {
    const tag = shortVarint();
    if (tag === 32 || tag === 40 || tag === 56) {
      if (shortVarint() < 0) return false;
    } else if (tag === 53) place += 4;
    else if (tag === 10 || tag === 18 || tag === 26) {
      const length = shortVarint();
      if (!isAscii(length, end)) return false;
      if (tag === 26 && length > 0) restores = true;
    } else return false;
  }
  return place === end;
}

/** Takes in an AssetFileDef: its file name, and the name in its TensorInfo. */
function assetFile(end: f64): bool {
  let hasName = false;
  let hasTensor = false;
  while (place < end) {
    const tag = shortVarint();
    if (tag !== 10 && tag !== 18) return false;
    const length = shortVarint();
    if (length <= 0 || <f64>length > end - place) return false;
    const stop = place + <f64>length;
    if (tag === 18) {
      if (hasName || !isAscii(length, end)) return false;
      hasName = true;
      namesEnd = append(assetNames, namesEnd, length);
      if (namesEnd < 0) return false;
    } else {
      // The name is the first field of a TensorInfo.
      if (hasTensor || shortVarint() !== 10) return false;
      hasTensor = true;
      const nameLength = shortVarint();
      if (nameLength <= 0 || !isAscii(nameLength, stop)) return false;
      const before = tensorsEnd;
      tensorsEnd = append(assetTensors, before, nameLength);
      if (tensorsEnd < 0 || isListed(before, nameLength + 1)) return false;
      place = stop;
    }
  }
  return place === end && hasName && hasTensor;
}

/** Puts the text that was stepped over, with a zero byte, at the end of a list; returns the new end, or -1 if it is full. */
function append(list: usize, end: i32, length: i32): i32 {
  if (end + length + 1 > MAX_NAMES) return -1;
  memory.copy(list + end, here() - length, length);
  store<u8>(list + end + length, 0);
  return end + length + 1;
}

/** Whether the tensor at `at`, of so many bytes with its zero byte, is one of those before it. */
function isListed(at: i32, length: i32): bool {
  for (let from: i32 = 0; from < at; ) {
    let end = from;
    while (load<u8>(assetTensors + end) !== 0) end++;
    end++;
    if (end - from === length && memory.compare(assetTensors + from, assetTensors + at, length) === 0)
      return true;
    from = end;
  }
  return false;
}

/** Steps over a short text; whether it is one of printable ASCII. */
function isAscii(length: i32, end: f64): bool {
  if (length < 0 || length > 256 || <f64>length > end - place || !fill(length)) return false;
  const text = here();
  for (let letter: i32 = 0; letter < length; letter++) {
    const byte = load<u8>(text + letter);
    if (byte < 33 || byte > 126) return false;
  }
  place += <f64>length;
  return true;
}

/** Whether a collection's key is saved_model_assets, or any other as long (or can't be told). */
function keyIsAssets(end: f64): bool {
  if (shortVarint() !== 10) return true;
  const length = shortVarint();
  return length < 0 || <f64>length > end - place || length === 18;
}
