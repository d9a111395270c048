/**
 * Bytes as text. Each byte that is not part of valid UTF-8 becomes one lone surrogate U+DC80…U+DCFF, so nothing is lost
 * and {@link bytesOfText} gives the same bytes again. A byte order mark is kept.
 */
export function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  const units = new Uint16Array(Math.min(bytes.length, 4096) + 2);
  let count = 0;
  let at = 0;
  while (at < bytes.length) {
    if (count >= units.length - 2) {
      text += String.fromCharCode.apply(null, units.subarray(0, count) as unknown as number[]);
      count = 0;
    }
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      units[count++] = first;
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at, first);
    if (length === 0) {
      units[count++] = 0xdc00 | first;
      at++;
      continue;
    }
    const second = (bytes[at + 1] ?? 0) & 0x3f;
    const third = (bytes[at + 2] ?? 0) & 0x3f;
    if (length === 2) units[count++] = ((first & 0x1f) << 6) | second;
    else if (length === 3) units[count++] = ((first & 0x0f) << 12) | (second << 6) | third;
    else {
      const point =
        (((first & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] ?? 0) & 0x3f)) - 0x10000;
      units[count++] = 0xd800 | (point >> 10);
      units[count++] = 0xdc00 | (point & 0x3ff);
    }
    at += length;
  }
  return text + String.fromCharCode.apply(null, units.subarray(0, count) as unknown as number[]);
}

/** Length of the valid UTF-8 sequence that begins with a byte >= 0x80, or 0 (overlong, surrogate, too big, cut). */
function sequenceLength(bytes: Uint8Array, at: number, first: number): number {
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  for (let index = 1; index < length; index++) {
    if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second >= 0xa0) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second >= 0x90) return 0;
  return length;
}

/** How many UTF-8 bytes {@link bytesOfText} makes of a text. */
export function byteLengthOfText(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) length++;
    else if (unit < 0x800) length += 2;
    else if (isPair(text, at, unit)) {
      length += 4;
      at++;
    } else length += isStoredByte(unit) ? 1 : 3;
  }
  return length;
}

const isStoredByte = (unit: number): boolean => unit >= 0xdc80 && unit <= 0xdcff;

function isPair(text: string, at: number, unit: number): boolean {
  if (unit < 0xd800 || unit >= 0xdc00) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next < 0xe000;
}

/** Writes the UTF-8 bytes of a text and returns the offset after them. */
export function writeText(text: string, into: Uint8Array, offset: number): number {
  let at = offset;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) into[at++] = unit;
    else if (unit < 0x800) {
      into[at++] = 0xc0 | (unit >> 6);
      into[at++] = 0x80 | (unit & 0x3f);
    } else if (isPair(text, index, unit)) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++index) & 0x3ff);
      into[at++] = 0xf0 | (point >> 18);
      into[at++] = 0x80 | ((point >> 12) & 0x3f);
      into[at++] = 0x80 | ((point >> 6) & 0x3f);
      into[at++] = 0x80 | (point & 0x3f);
    } else if (isStoredByte(unit)) into[at++] = unit & 0xff;
    else {
      into[at++] = 0xe0 | (unit >> 12);
      into[at++] = 0x80 | ((unit >> 6) & 0x3f);
      into[at++] = 0x80 | (unit & 0x3f);
    }
  }
  return at;
}

/** UTF-8 bytes of a text; a lone surrogate U+DC80…U+DCFF stands for the one byte that {@link textOfBytes} stored in it. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLengthOfText(text));
  writeText(text, bytes, 0);
  return bytes;
}
