import { textOfBytes, writeText } from "./text-bytes.ts";

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  "\\": 92,
  "?": 63,
  "'": 39,
  '"': 34,
};

const isOctal = (code: number): boolean => code >= 48 && code <= 55;

/** Value of a hex digit's character code, or -1. */
export function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function hexNumber(literal: string, at: number, digits: number): number {
  let value = 0;
  for (let index = 0; index < digits; index++) {
    const digit = hexValue(literal.charCodeAt(at + index));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** UTF-8 of a code point as the C++ tokenizer writes it: surrogates too, and beyond U+10FFFF the escape itself. */
function writePoint(point: number, into: Uint8Array, offset: number): number {
  let at = offset;
  if (point <= 0x7f) into[at++] = point;
  else if (point <= 0x7ff) {
    into[at++] = 0xc0 | (point >> 6);
    into[at++] = 0x80 | (point & 0x3f);
  } else if (point <= 0xffff) {
    into[at++] = 0xe0 | (point >> 12);
    into[at++] = 0x80 | ((point >> 6) & 0x3f);
    into[at++] = 0x80 | (point & 0x3f);
  } else if (point <= 0x10ffff) {
    into[at++] = 0xf0 | (point >> 18);
    into[at++] = 0x80 | ((point >> 12) & 0x3f);
    into[at++] = 0x80 | ((point >> 6) & 0x3f);
    into[at++] = 0x80 | (point & 0x3f);
  } else at = writeText(`\\U${point.toString(16).padStart(8, "0")}`, into, at);
  return at;
}

/**
 * Bytes of the content of adjacent string literals (each with its quotes), as `Tokenizer::ParseStringAppend` of
 * protobuf 3.21 makes them. Wrong escapes are copied in some way: they were reported when the literal was scanned.
 */
export function unescapeLiterals(literals: readonly string[]): Uint8Array {
  let longest = 0;
  for (const literal of literals) longest += literal.length;
  // One UTF-16 unit gives at most three bytes, and \U00110000 ten bytes for ten units.
  const bytes = new Uint8Array(longest * 3);
  let out = 0;
  for (const literal of literals) out = unescapeInto(literal, bytes, out);
  return bytes.slice(0, out);
}

function unescapeInto(literal: string, bytes: Uint8Array, offset: number): number {
  let out = offset;
  const end = literal.length - 1;
  let plain = 1;
  for (let at = literal.indexOf("\\", 1); at !== -1 && at < end; at = literal.indexOf("\\", plain)) {
    out = writeText(literal.slice(plain, at), bytes, out);
    const code = literal.charCodeAt(at + 1);
    let next = at + 2;
    if (isOctal(code)) {
      let value = code - 48;
      for (let more = 0; more < 2 && isOctal(literal.charCodeAt(next)); more++) {
        value = value * 8 + literal.charCodeAt(next++) - 48;
      }
      bytes[out++] = value & 0xff;
    } else if (code === 0x78) {
      let value = 0;
      for (let more = 0; more < 2 && hexValue(literal.charCodeAt(next)) >= 0; more++) {
        value = value * 16 + hexValue(literal.charCodeAt(next++));
      }
      bytes[out++] = value;
    } else if (code === 0x75 || code === 0x55) {
      const digits = code === 0x75 ? 4 : 8;
      let point = hexNumber(literal, next, digits);
      if (point < 0) bytes[out++] = code;
      else {
        next += digits;
        if (point >= 0xd800 && point < 0xdc00 && literal.startsWith("\\u", next)) {
          const trail = hexNumber(literal, next + 2, 4);
          if (trail >= 0xdc00 && trail < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (trail - 0xdc00);
            next += 6;
          }
        }
        out = writePoint(point, bytes, out);
      }
    } else bytes[out++] = simpleEscapes[literal.charAt(at + 1)] ?? 63;
    plain = next;
  }
  return writeText(literal.slice(plain, end), bytes, out);
}

/** The same as text; invalid UTF-8 as {@link textOfBytes} stores it. */
export function unescapeLiteralsToText(literals: readonly string[]): string {
  const [only] = literals;
  if (literals.length === 1 && only !== undefined && !only.includes("\\")) return only.slice(1, -1);
  return textOfBytes(unescapeLiterals(literals));
}

const named: Readonly<Record<number, string>> = {
  9: "\\t",
  10: "\\n",
  13: "\\r",
  34: '\\"',
  39: "\\'",
  92: "\\\\",
};

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;

/** Content of a double-quoted literal for bytes as the C++ printer writes it: all but printable ASCII is escaped. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += named[byte] ?? (byte < 32 || byte > 126 ? octal(byte) : String.fromCharCode(byte));
  }
  return text;
}

/** Content of a double-quoted literal for text: control characters, quote, backslash and bad UTF-8 are escaped. */
export function escapeText(text: string): string {
  // Fast for what is nearly always there: nothing to escape.
  if (/^[ !#-[\]-~]*$/.test(text)) return text;
  let escaped = "";
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (unit !== 39 && named[unit] !== undefined) escaped += named[unit];
    else if (unit < 32 || unit === 127) escaped += octal(unit);
    else if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      escaped += text.slice(at, at + 2);
      at++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) escaped += octal(unit & 0xff);
    else if (unit >= 0xd800 && unit < 0xe000) escaped += `\\u${unit.toString(16)}`;
    else if (unit === 0xfeff || unit === 0x2028 || unit === 0x2029 || (unit >= 0x80 && unit < 0xa0)) {
      escaped += `\\u${unit.toString(16).padStart(4, "0")}`;
    } else escaped += text.charAt(at);
  }
  return escaped;
}
