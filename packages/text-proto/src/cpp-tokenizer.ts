/**
 * The tokenizer of protobuf 3.21 (`io::Tokenizer` as the text parser sets it up), byte by byte, with its own errors and
 * positions. Only for telling what the C++ parser says: our tree is made from `tokens.ts`.
 */

export type CppTokenType =
  | "start"
  | "end"
  | "identifier"
  | "integer"
  | "float"
  | "string"
  | "symbol"
  | "whitespace";

export interface CppToken {
  type: CppTokenType;
  /** Offsets of its bytes. */
  start: number;
  end: number;
  /** 0-based; the column counts bytes, a tab goes to the next multiple of 8. */
  line: number;
  column: number;
  endColumn: number;
}

export type AddError = (line: number, column: number, message: string) => void;

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const isOctal = (byte: number): boolean => byte >= 48 && byte <= 55;
const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 97 && (byte | 0x20) <= 102);
const isLetter = (byte: number): boolean => ((byte | 0x20) >= 97 && (byte | 0x20) <= 122) || byte === 95;
const isWord = (byte: number): boolean => isLetter(byte) || isDigit(byte);
const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
const isUnprintable = (byte: number): boolean => byte > 0 && byte < 32;
const isEscape = (byte: number): boolean => "abfnrtv\\?'\"".includes(String.fromCharCode(byte)) && byte !== 0;

export class CppTokenizer {
  readonly #bytes: Uint8Array;
  readonly #addError: AddError;
  #at = 0;
  #line = 0;
  #column = 0;
  current: CppToken = { type: "start", start: 0, end: 0, line: 0, column: 0, endColumn: 0 };
  #previous: CppToken = this.current;

  constructor(bytes: Uint8Array, addError: AddError) {
    this.#bytes = bytes;
    this.#addError = addError;
  }

  /** Text of the current token; bytes beyond ASCII as U+FFFD, as they show in a log. */
  get text(): string {
    return this.textOf(this.current);
  }

  textOf(token: CppToken): string {
    let text = "";
    for (let at = token.start; at < token.end; at++) text += String.fromCharCode(this.#bytes[at] ?? 0);
    return text;
  }

  /** Whether the current token is this one ASCII character or word. */
  is(text: string): boolean {
    const { start, end } = this.current;
    if (end - start !== text.length) return false;
    for (let index = 0; index < text.length; index++) {
      if (this.#bytes[start + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  get #char(): number {
    return this.#at < this.#bytes.length ? (this.#bytes[this.#at] ?? 0) : 0;
  }

  get #ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  #nextChar(): void {
    const char = this.#char;
    if (char === 10) {
      this.#line++;
      this.#column = 0;
    } else if (char === 9) this.#column += 8 - (this.#column % 8);
    else this.#column++;
    this.#at++;
  }

  #take(inClass: (byte: number) => boolean): boolean {
    if (this.#ended || !inClass(this.#char)) return false;
    this.#nextChar();
    return true;
  }

  #takeByte(byte: number): boolean {
    if (this.#ended || this.#char !== byte) return false;
    this.#nextChar();
    return true;
  }

  #takeAll(inClass: (byte: number) => boolean): void {
    while (this.#take(inClass));
  }

  #error(message: string): void {
    this.#addError(this.#line, this.#column, message);
  }

  #startToken(): void {
    this.current = {
      type: "start",
      start: this.#at,
      end: this.#at,
      line: this.#line,
      column: this.#column,
      endColumn: this.#column,
    };
  }

  #endToken(type: CppTokenType): void {
    this.current.type = type;
    this.current.end = this.#at;
    this.current.endColumn = this.#column;
  }

  /** Moves to the next token; blanks are a token only when asked for. */
  next(reportWhitespace = false): void {
    this.#previous = this.current;
    while (!this.#ended) {
      this.#startToken();
      if (this.#take(isSpace)) {
        this.#takeAll(isSpace);
        this.#endToken("whitespace");
        if (reportWhitespace) return;
      }
      if (this.#takeByte(35)) {
        while (!this.#ended && this.#char !== 0 && this.#char !== 10) this.#nextChar();
        this.#takeByte(10);
        continue;
      }
      if (this.#ended) break;
      if (this.#char < 32) {
        this.#error("Invalid control characters encountered in text.");
        this.#nextChar();
        while (this.#take((byte) => byte === 0 || isUnprintable(byte)));
        continue;
      }
      this.#startToken();
      this.#token();
      return;
    }
    this.#startToken();
    this.#endToken("end");
  }

  #token(): void {
    if (this.#take(isLetter)) {
      this.#takeAll(isWord);
      this.#endToken("identifier");
    } else if (this.#takeByte(48)) this.#endToken(this.#number(true, false));
    else if (this.#takeByte(46)) {
      if (this.#take(isDigit)) {
        const previous = this.#previous;
        const { line, column } = this.current;
        if (previous.type === "identifier" && line === previous.line && column === previous.endColumn) {
          this.#addError(this.#line, this.#column - 2, "Need space between identifier and decimal point.");
        }
        this.#endToken(this.#number(false, true));
      } else this.#endToken("symbol");
    } else if (this.#take(isDigit)) this.#endToken(this.#number(false, false));
    else if (this.#char === 34 || this.#char === 39) {
      const quote = this.#char;
      this.#nextChar();
      this.#string(quote);
      this.#endToken("string");
    } else {
      if (this.#char >= 0x80) this.#error(`Interpreting non ascii codepoint ${this.#char}.`);
      this.#nextChar();
      this.#endToken("symbol");
    }
  }

  #number(startedWithZero: boolean, startedWithDot: boolean): "integer" | "float" {
    let float = startedWithDot;
    if (startedWithZero && (this.#takeByte(0x78) || this.#takeByte(0x58))) {
      if (!this.#take(isHex)) this.#error('"0x" must be followed by hex digits.');
      this.#takeAll(isHex);
    } else if (startedWithZero && !this.#ended && isDigit(this.#char)) {
      this.#takeAll(isOctal);
      if (!this.#ended && isDigit(this.#char)) {
        this.#error("Numbers starting with leading zero must be in octal.");
        this.#takeAll(isDigit);
      }
    } else {
      this.#takeAll(isDigit);
      if (!startedWithDot && this.#takeByte(46)) {
        float = true;
        this.#takeAll(isDigit);
      }
      if (this.#takeByte(0x65) || this.#takeByte(0x45)) {
        float = true;
        if (!this.#takeByte(45)) this.#takeByte(43);
        if (!this.#take(isDigit)) this.#error('"e" must be followed by exponent.');
        this.#takeAll(isDigit);
      }
      if (this.#takeByte(0x66) || this.#takeByte(0x46)) float = true;
    }
    if (!this.#ended && isLetter(this.#char)) this.#error("Need space between number and identifier.");
    else if (this.#char === 46) {
      this.#error(
        float
          ? "Already saw decimal point or exponent; can't have another one."
          : "Hex and octal numbers must be integers.",
      );
    }
    return float ? "float" : "integer";
  }

  #string(quote: number): void {
    for (;;) {
      const char = this.#char;
      if (char === 0) {
        this.#error("Unexpected end of string.");
        return;
      }
      if (char === 10) {
        this.#error("String literals cannot cross line boundaries.");
        return;
      }
      this.#nextChar();
      if (char === quote) return;
      if (char === 92) this.#escape();
    }
  }

  #escape(): void {
    const hex = (digits: number): boolean => {
      for (let index = 0; index < digits; index++) if (!this.#take(isHex)) return false;
      return true;
    };
    if (this.#take(isEscape) || this.#take(isOctal)) return;
    if (this.#takeByte(0x78)) {
      if (!this.#take(isHex)) this.#error("Expected hex digits for escape sequence.");
    } else if (this.#takeByte(0x75)) {
      if (!hex(4)) this.#error("Expected four hex digits for \\u escape sequence.");
    } else if (this.#takeByte(0x55)) {
      const zeros = this.#takeByte(48) && this.#takeByte(48) && (this.#takeByte(48) || this.#takeByte(49));
      if (!zeros || !hex(5)) {
        this.#error("Expected eight hex digits up to 10ffff for \\U escape sequence");
      }
    } else this.#error("Invalid escape sequence in string literal.");
  }
}
