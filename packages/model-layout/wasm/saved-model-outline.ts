// AssemblyScript: whether saved_model.pb is plain, graphs stepped over (see plain-files.ts).

/** Reads up to `length` bytes of saved_model.pb at `position` into `window`; returns how many there were, 0 past the end. */
declare function readAt(position: f64, length: i32): i32;

/** Takes in what stands before a usual graph, and what stands behind one, in one read each. */
export const WINDOW: i32 = 8192;
/** Bytes of the names of assets, and of the tensors that take them. */
export const MAX_NAMES: i32 = 4096;

export const window: usize = memory.data(WINDOW);
/** File names of the assets, each followed by a zero byte. */
export const assetNames: usize = memory.data(MAX_NAMES);
/** Names of the tensors that take them, likewise. */
const assetTensors: usize = memory.data(MAX_NAMES);

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
