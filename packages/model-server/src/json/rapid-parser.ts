import { type JsonArray, JsonDouble, JsonObject, type JsonValue } from "./value.ts";

/** A document that RapidJSON refuses: its text and the byte offset. */
export class JsonParseError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "JsonParseError";
    this.offset = offset;
  }
}

const DOCUMENT_EMPTY = "The document is empty.";
const ROOT_NOT_SINGULAR = "The document root must not be followed by other values.";
const VALUE_INVALID = "Invalid value.";
const MISS_NAME = "Missing a name for object member.";
const MISS_COLON = "Missing a colon after a name of object member.";
const MISS_COMMA_OR_BRACE = "Missing a comma or '}' after an object member.";
const MISS_COMMA_OR_BRACKET = "Missing a comma or ']' after an array element.";
const HEX_INVALID = "Incorrect hex digit after \\u escape in string.";
const SURROGATE_INVALID = "The surrogate pair in string is invalid.";
const ESCAPE_INVALID = "Invalid escape character in string.";
const MISS_QUOTE = "Missing a closing quotation mark in string.";
const NUMBER_TOO_BIG = "Number too big to be stored in double.";
const MISS_FRACTION = "Miss fraction part in number.";
const MISS_EXPONENT = "Miss exponent in number.";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** DBL_MAX / 10 as RapidJSON writes it. */
const DBL_MAX_TENTH = Number("1.7976931348623157e307");

const ZERO = 0x30;
const NINE = 0x39;

const ESCAPES: Readonly<Record<number, string>> = {
  34: '"',
  92: "\\",
  47: "/",
  98: "\b",
  102: "\f",
  110: "\n",
  114: "\r",
  116: "\t",
};

/** Doubles below the normal range become 0: the server's REST threads flush denormals. */
function flushed(value: number): number {
  return Math.abs(value) < 2.2250738585072014e-308 ? value * 0 : value;
}

/**
 * Parses JSON as RapidJSON 1.1.0 does with `kParseNanAndInfFlag` (TensorFlow Serving 2.17.1): NaN, Inf and Infinity are
 * numbers, a byte order mark is skipped, a NUL byte ends the text, strings are bytes, and nothing but blanks may follow
 * the root. Error texts and offsets are RapidJSON's. Nesting is bounded only by memory.
 *
 * @throws JsonParseError
 */
export function parseJson(bytes: Uint8Array): JsonValue {
  return new Parser(bytes).document();
}

class Parser {
  private readonly bytes: Uint8Array;
  private readonly text: Buffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  document(): JsonValue {
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.at = 3;
    this.skipBlanks();
    if (this.peek() === 0) throw new JsonParseError(DOCUMENT_EMPTY, this.at);
    const root = this.value();
    this.skipBlanks();
    if (this.peek() !== 0) throw new JsonParseError(ROOT_NOT_SINGULAR, this.at);
    return root;
  }

  /** The byte here; 0 at the end, as at a NUL byte. */
  private peek(): number {
    return this.bytes[this.at] ?? 0;
  }

  private consume(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  private skipBlanks(): void {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.at++;
    }
  }

  /** One value with all that it holds; containers are kept on a stack of our own. */
  private value(): JsonValue {
    const open: (JsonArray | JsonObject)[] = [];
    for (;;) {
      let value: JsonValue;
      const byte = this.peek();
      if (byte === 0x7b) {
        this.at++;
        const object = new JsonObject();
        this.skipBlanks();
        if (!this.consume(0x7d)) {
          object.names.push(this.memberName());
          open.push(object);
          continue;
        }
        value = object;
      } else if (byte === 0x5b) {
        this.at++;
        this.skipBlanks();
        const array: JsonArray = [];
        if (!this.consume(0x5d)) {
          open.push(array);
          continue;
        }
        value = array;
      } else {
        value = this.scalar(byte);
      }
      // Put the value into the container that is open, and close what ends here.
      for (;;) {
        const container = open[open.length - 1];
        if (container === undefined) return value;
        this.skipBlanks();
        if (Array.isArray(container)) {
          container.push(value);
          if (this.consume(0x2c)) {
            this.skipBlanks();
            break;
          }
          if (!this.consume(0x5d)) throw new JsonParseError(MISS_COMMA_OR_BRACKET, this.at);
        } else {
          container.values.push(value);
          if (this.consume(0x2c)) {
            this.skipBlanks();
            container.names.push(this.memberName());
            break;
          }
          if (!this.consume(0x7d)) throw new JsonParseError(MISS_COMMA_OR_BRACE, this.at);
        }
        open.pop();
        value = container;
      }
    }
  }

  private scalar(byte: number): JsonValue {
    if (byte === QUOTE) return this.string();
    if (byte === 0x74) return this.word("rue", true);
    if (byte === 0x66) return this.word("alse", false);
    if (byte === 0x6e) return this.word("ull", null);
    return this.number();
  }

  private word<T>(rest: string, value: T): T {
    this.at++;
    for (let i = 0; i < rest.length; i++) {
      if (!this.consume(rest.charCodeAt(i))) throw new JsonParseError(VALUE_INVALID, this.at);
    }
    return value;
  }

  private memberName(): string {
    if (this.peek() !== QUOTE) throw new JsonParseError(MISS_NAME, this.at);
    const name = this.string();
    this.skipBlanks();
    if (!this.consume(0x3a)) throw new JsonParseError(MISS_COLON, this.at);
    this.skipBlanks();
    return name;
  }

  private string(): string {
    this.at++;
    let result = "";
    let start = this.at;
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.at] ?? 0;
      if (byte === QUOTE) {
        result += this.text.toString("latin1", start, this.at);
        this.at++;
        return result;
      }
      if (byte === BACKSLASH) {
        result += this.text.toString("latin1", start, this.at);
        result += this.escape();
        start = this.at;
      } else if (byte < 0x20) {
        throw new JsonParseError(byte === 0 ? MISS_QUOTE : ESCAPE_INVALID, this.at);
      } else {
        this.at++;
      }
    }
  }

  private escape(): string {
    const start = this.at;
    this.at++;
    const kind = this.peek();
    const simple = ESCAPES[kind];
    if (simple !== undefined) {
      this.at++;
      return simple;
    }
    if (kind !== 0x75) throw new JsonParseError(ESCAPE_INVALID, start);
    this.at++;
    let point = this.hex4(start);
    if (point >= 0xd800 && point <= 0xdbff) {
      if (!this.consume(BACKSLASH) || !this.consume(0x75)) throw new JsonParseError(SURROGATE_INVALID, start);
      const low = this.hex4(start);
      if (low < 0xdc00 || low > 0xdfff) throw new JsonParseError(SURROGATE_INVALID, start);
      point = ((point - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
    }
    return utf8Bytes(point);
  }

  private hex4(start: number): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.peek();
      let digit: number;
      if (byte >= ZERO && byte <= NINE) digit = byte - ZERO;
      else if (byte >= 0x41 && byte <= 0x46) digit = byte - 0x41 + 10;
      else if (byte >= 0x61 && byte <= 0x66) digit = byte - 0x61 + 10;
      else throw new JsonParseError(HEX_INVALID, start);
      value = value * 16 + digit;
      this.at++;
    }
    return value;
  }

  private digit(): number {
    const byte = this.bytes[this.at] ?? 0;
    return byte >= ZERO && byte <= NINE ? byte - ZERO : -1;
  }

  /** RapidJSON's ParseNumber without full precision: the double that it computes, not the nearest one. */
  private number(): number | bigint | JsonDouble {
    const start = this.at;
    const minus = this.consume(0x2d);
    let significandDigits = 0;
    // An integer below 2^53 is held in `small`; one digit more in `big`.
    let small = 0;
    let big: bigint | undefined;
    let double = 0;
    let isDouble = false;

    const first = this.digit();
    if (first === 0) {
      this.at++;
    } else if (first > 0) {
      small = first;
      this.at++;
      for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
        if (small > 900719925474098) break;
        small = small * 10 + digit;
        significandDigits++;
        this.at++;
      }
      if (this.digit() >= 0) {
        big = BigInt(small);
        const limit = minus ? 0x0cccccccccccccccn : 0x1999999999999999n;
        const last = minus ? 8 : 5;
        for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
          if (big >= limit && (big !== limit || digit > last)) {
            double = Number(big);
            isDouble = true;
            break;
          }
          big = big * 10n + BigInt(digit);
          significandDigits++;
          this.at++;
        }
        if (isDouble) {
          for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
            if (double >= DBL_MAX_TENTH) throw new JsonParseError(NUMBER_TOO_BIG, start);
            double = double * 10 + digit;
            this.at++;
          }
        }
      }
    } else {
      return this.nanOrInfinity(minus);
    }

    let fractionExponent = 0;
    if (this.consume(0x2e)) {
      if (this.digit() < 0) throw new JsonParseError(MISS_FRACTION, this.at);
      if (!isDouble) {
        isDouble = true;
        if (big === undefined || big <= 0x1fffffffffffffn) {
          let significand = big === undefined ? small : Number(big);
          big = undefined;
          for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
            if (significand > 900719925474098) {
              // The next digit may pass 2^53: one more exact step while the significand is at most 2^53 - 1.
              if (significand > 9007199254740991) break;
              const exact: bigint = BigInt(significand) * 10n + BigInt(digit);
              significand = Number(exact);
              fractionExponent--;
              significandDigits++;
              this.at++;
              if (exact > 0x1fffffffffffffn) break;
              continue;
            }
            significand = significand * 10 + digit;
            fractionExponent--;
            if (significand !== 0) significandDigits++;
            this.at++;
          }
          double = significand;
        } else {
          double = Number(big);
        }
      }
      for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
        if (significandDigits < 17) {
          double = double * 10 + digit;
          fractionExponent--;
          if (double > 0) significandDigits++;
        }
        this.at++;
      }
    }

    let exponent = 0;
    if (this.consume(0x65) || this.consume(0x45)) {
      if (!isDouble) {
        double = big === undefined ? small : Number(big);
        isDouble = true;
      }
      let expMinus = false;
      if (!this.consume(0x2b)) expMinus = this.consume(0x2d);
      if (this.digit() < 0) throw new JsonParseError(MISS_EXPONENT, this.at);
      exponent = this.digit();
      this.at++;
      const most = 308 - fractionExponent;
      for (let digit = this.digit(); digit >= 0; digit = this.digit()) {
        if (expMinus) {
          // Beyond any use: the rest is only consumed.
          if (exponent < 214748364) exponent = exponent * 10 + digit;
          this.at++;
        } else {
          exponent = exponent * 10 + digit;
          this.at++;
          if (exponent > most) throw new JsonParseError(NUMBER_TOO_BIG, start);
        }
      }
      if (expMinus) exponent = -exponent;
    }

    if (isDouble) {
      const value = flushed(scaled(double, exponent + fractionExponent));
      return asDouble(minus ? -value : value);
    }
    if (big !== undefined) {
      const value = minus ? -big : big;
      return big <= 9007199254740991n ? Number(value) : value;
    }
    return minus && small !== 0 ? -small : small;
  }

  private nanOrInfinity(minus: boolean): number {
    const byte = this.peek();
    if (byte !== 0x49 && byte !== 0x4e) throw new JsonParseError(VALUE_INVALID, this.at);
    // As written there: what matched of NaN stays consumed when Inf is tried.
    if (this.consume(0x4e) && this.consume(0x61) && this.consume(0x4e)) return Number.NaN;
    if (this.consume(0x49) && this.consume(0x6e) && this.consume(0x66)) {
      if (this.peek() === 0x69) {
        for (const letter of [0x69, 0x6e, 0x69, 0x74, 0x79]) {
          if (!this.consume(letter)) throw new JsonParseError(VALUE_INVALID, this.at);
        }
      }
      return minus ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
    throw new JsonParseError(VALUE_INVALID, this.at);
  }
}

function asDouble(value: number): number | JsonDouble {
  return Number.isInteger(value) && !Object.is(value, -0) ? new JsonDouble(value) : value;
}

/** RapidJSON's StrtodNormalPrecision. */
function scaled(significand: number, exponent: number): number {
  if (exponent < -308) return fastPath(fastPath(significand, -308), exponent + 308);
  return fastPath(significand, exponent);
}

function fastPath(significand: number, exponent: number): number {
  if (exponent < -308) return 0;
  return exponent >= 0 ? significand * pow10(exponent) : significand / pow10(-exponent);
}

function pow10(exponent: number): number {
  return exponent > 308 ? Number.POSITIVE_INFINITY : Number(`1e${exponent}`);
}

function utf8Bytes(point: number): string {
  if (point < 0x80) return String.fromCharCode(point);
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
  if (point < 0x10000) {
    return String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
  }
  return String.fromCharCode(
    0xf0 | (point >> 18),
    0x80 | ((point >> 12) & 0x3f),
    0x80 | ((point >> 6) & 0x3f),
    0x80 | (point & 0x3f),
  );
}
