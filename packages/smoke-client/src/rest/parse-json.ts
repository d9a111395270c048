/**
 * A JSON value as a model server prints it: integers that a double can't hold are bigint, NaN and infinities are
 * numbers, strings that are not UTF-8 (a DT_STRING output may hold any bytes) are bytes. Objects have no prototype.
 */
export type RestValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly RestValue[]
  | { readonly [key: string]: RestValue };

/** What is wrong with a JSON text, and where. */
export class RestJsonError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.name = "RestJsonError";
    this.offset = offset;
  }
}

const MAX_DEPTH = 500;
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ESCAPES: Readonly<Record<number, number>> = {
  34: 0x22,
  92: 0x5c,
  47: 0x2f,
  98: 8,
  102: 12,
  110: 10,
  114: 13,
  116: 9,
};
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses the body of a REST answer: JSON, and the bare words NaN, Infinity, -Infinity (RapidJSON's extension, which
 * the server uses for outputs).
 * @throws RestJsonError
 */
export function parseRestJson(body: Uint8Array): RestValue {
  const parser = new Parser(body);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  end(): void {
    this.space();
    if (this.at < this.bytes.length) throw this.fail("text after the JSON value");
  }

  value(depth: number): RestValue {
    if (depth > MAX_DEPTH) throw this.fail("JSON nested too deeply");
    this.space();
    const byte = this.bytes[this.at];
    switch (byte) {
      case 0x7b:
        return this.object(depth);
      case 0x5b:
        return this.array(depth);
      case 0x22:
        return this.string();
      case 0x74:
        return this.word("true", true);
      case 0x66:
        return this.word("false", false);
      case 0x6e:
        return this.word("null", null);
      case 0x4e:
        return this.word("NaN", Number.NaN);
      case 0x49:
        return this.infinity(Number.POSITIVE_INFINITY);
      case undefined:
        throw this.fail("unexpected end of JSON");
      default:
        return this.number();
    }
  }

  private fail(message: string): RestJsonError {
    return new RestJsonError(message, this.at);
  }

  private space(): void {
    while (WHITESPACE.has(this.bytes[this.at] ?? 0)) this.at++;
  }

  private startsWith(word: string): boolean {
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) return false;
    }
    return true;
  }

  private word<T extends RestValue>(word: string, value: T): T {
    if (!this.startsWith(word)) throw this.fail("not a JSON value");
    this.at += word.length;
    return value;
  }

  private infinity(value: number): number {
    if (this.startsWith("Infinity")) return this.word("Infinity", value);
    return this.word("Inf", value);
  }

  private object(depth: number): RestValue {
    this.at++;
    const result = Object.create(null) as Record<string, RestValue>;
    this.space();
    if (this.bytes[this.at] === 0x7d) {
      this.at++;
      return result;
    }
    for (;;) {
      this.space();
      if (this.bytes[this.at] !== 0x22) throw this.fail("expected a key");
      const key = this.string();
      this.space();
      if (this.bytes[this.at] !== 0x3a) throw this.fail("expected ':'");
      this.at++;
      result[typeof key === "string" ? key : Buffer.from(key).toString("latin1")] = this.value(depth + 1);
      this.space();
      const next = this.bytes[this.at];
      if (next !== 0x2c && next !== 0x7d) throw this.fail("expected ',' or '}'");
      this.at++;
      if (next === 0x7d) return result;
    }
  }

  private array(depth: number): RestValue {
    this.at++;
    const result: RestValue[] = [];
    this.space();
    if (this.bytes[this.at] === 0x5d) {
      this.at++;
      return result;
    }
    for (;;) {
      result.push(this.value(depth + 1));
      this.space();
      const next = this.bytes[this.at];
      if (next !== 0x2c && next !== 0x5d) throw this.fail("expected ',' or ']'");
      this.at++;
      if (next === 0x5d) return result;
    }
  }

  private string(): string | Uint8Array {
    this.at++;
    const start = this.at;
    let escaped = false;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw this.fail("a string without its end");
      if (byte === 0x22) break;
      if (byte < 0x20) throw this.fail("a control character within a string");
      if (byte === 0x5c) {
        escaped = true;
        this.at++;
        if (this.bytes[this.at] === undefined) throw this.fail("a string without its end");
      }
      this.at++;
    }
    const raw = this.bytes.subarray(start, this.at);
    this.at++;
    const bytes = escaped ? this.unescape(raw, start) : raw;
    try {
      return decoder.decode(bytes);
    } catch {
      return bytes.slice();
    }
  }

  private unescape(raw: Uint8Array, start: number): Uint8Array {
    const out = new Uint8Array(raw.length);
    let size = 0;
    for (let at = 0; at < raw.length; at++) {
      const byte = raw[at]!;
      if (byte !== 0x5c) {
        out[size++] = byte;
        continue;
      }
      at++;
      const plain = ESCAPES[raw[at]!];
      if (plain !== undefined) {
        out[size++] = plain;
        continue;
      }
      if (raw[at] !== 0x75) throw new RestJsonError("unknown escape in a string", start + at);
      let code = this.hex4(raw, at + 1, start);
      at += 4;
      if (code >= 0xd800 && code < 0xdc00 && raw[at + 1] === 0x5c && raw[at + 2] === 0x75) {
        const low = this.hex4(raw, at + 3, start);
        if (low >= 0xdc00 && low < 0xe000) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          at += 6;
        }
      }
      const encoded = Buffer.from(String.fromCodePoint(code), "utf8");
      out.set(encoded, size);
      size += encoded.length;
    }
    return out.subarray(0, size);
  }

  private hex4(raw: Uint8Array, at: number, start: number): number {
    const text = Buffer.from(raw.subarray(at, at + 4)).toString("latin1");
    if (!/^[0-9a-fA-F]{4}$/.test(text))
      throw new RestJsonError("a \\u escape without four digits", start + at);
    return Number.parseInt(text, 16);
  }

  private number(): number | bigint {
    const start = this.at;
    if (this.bytes[this.at] === 0x2d) {
      this.at++;
      if (this.bytes[this.at] === 0x49) return this.infinity(Number.NEGATIVE_INFINITY);
    }
    while (this.at < this.bytes.length && isNumberByte(this.bytes[this.at]!)) this.at++;
    const text = Buffer.from(this.bytes.subarray(start, this.at)).toString("latin1");
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) {
      this.at = start;
      throw this.fail("not a JSON value");
    }
    const value = Number(text);
    if (!Number.isSafeInteger(value) && /^-?\d+$/.test(text)) return BigInt(text);
    return value;
  }
}

function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2e ||
    byte === 0x65 ||
    byte === 0x45 ||
    byte === 0x2b ||
    byte === 0x2d
  );
}
