import { lexicalError } from "./lexical-errors.ts";
import type { TextError } from "./text-error.ts";

/** Kinds of tokens. Whitespace, comments and stray characters stand between the meaningful ones. */
export const TokenKind = {
  Whitespace: 0,
  Comment: 1,
  /** Control characters, a byte order mark, blanks that are not ASCII: reported once, then passed over. */
  Stray: 2,
  Identifier: 3,
  Integer: 4,
  Float: 5,
  String: 6,
  /** A run of other non-ASCII characters outside strings and comments: fits nowhere. */
  Foreign: 7,
  /** One ASCII character; the kind is its character code: this or more. */
  Symbol: 33,
} as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** Tokens tile the text: token i reaches from the end of token i-1 (0 for the first) to its own end. */
export interface Tokens {
  readonly count: number;
  /** {@link TokenKind} by token, for a symbol its character code; only the first `count` are meant. */
  readonly kinds: Uint8Array;
  /** UTF-16 offset of the end by token. */
  readonly ends: Uint32Array;
  /** What is wrong inside single tokens, in order. */
  readonly errors: readonly TextError[];
  /** Indexes of the tokens that `errors` are about. */
  readonly malformed: ReadonlySet<number>;
}

const isLetter = (code: number): boolean => ((code | 0x20) >= 97 && (code | 0x20) <= 122) || code === 95;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isWord = (code: number): boolean => isLetter(code) || isDigit(code);
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const isHex = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 97 && (code | 0x20) <= 102);

/** Blanks beyond ASCII that look like a space but are none to the server. */
function isForeignSpace(code: number): boolean {
  return (
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x3000 ||
    code === 0x202f ||
    (code >= 0x2000 && code <= 0x200b)
  );
}

/** A line that begins a field, ends a block or is a comment: a string that was not closed before it is not meant to go on. */
const fieldLine = /^[ \t]*(?:[A-Za-z_][\w]*[ \t]*[:{<]|[}>\]#])/;

/** Where another field seems to begin inside a literal; the blanks before it are tried from their first one only. */
const goesOn = /(?<![\s,;])[\s,;]+(?=[A-Za-z_]\w*[ \t]*(?:[{<]|:(?!\/\/)))/;
const blockEnds = /(?<![\s,;])[\s,;]+(?=[}>\]][\s}>\],;])/;

/** Beyond this length, what stands before a quote is not searched for the beginning of a PEM block. */
const longestPemLine = 10_000;

/** Whether a quote at an offset has text right before it. */
const clingsToText = (text: string, at: number): boolean => at > 0 && /[\w./-]/.test(text.charAt(at - 1));

/** Text that no string literal has after it: what is neither blank, bracket, separator nor the next field's name. */
const notAfterString = /[\d./\\~$%@&-]|[A-Za-z_]\w*[ \t\r\n]*(?![\s\w:{<[#])/y;

function followedByText(text: string, at: number): boolean {
  const next = text.charCodeAt(at);
  if (next <= 34 || next === 44 || next === 59 || next === 93 || next === 125 || at >= text.length)
    return false;
  notAfterString.lastIndex = at;
  return notAfterString.test(text);
}

/** What a file is that is no text, where its beginning shows it; all of these are refused by the server's parser. */
function binaryKind(text: string): "utf-16" | "binary" | undefined {
  if (/^(?:\udcff\udcfe|\udcfe\udcff)/.test(text)) return "utf-16";
  const head = text.slice(0, 512);
  let odd = 0;
  for (let at = 0; at < head.length; at++) {
    const code = head.charCodeAt(at);
    if ((code < 32 && !isSpace(code)) || (code >= 0xdc80 && code <= 0xdcff)) odd++;
  }
  return head.includes("\0") && odd * 4 > head.length ? "binary" : undefined;
}

/** `name:` or `name {`: the beginning of a field. */
const fieldStart = /[A-Za-z_]\w*[ \t]*[:{<]/y;

/** Splits a text into tokens; never throws. Linear in the length of the text. */
export function scan(text: string): Tokens {
  return new Scanner(text).run();
}

class Scanner implements Tokens {
  count = 0;
  kinds: Uint8Array;
  ends: Uint32Array;
  readonly errors: TextError[] = [];
  readonly malformed = new Set<number>();
  readonly #text: string;
  #control = false;

  constructor(text: string) {
    this.#text = text;
    const capacity = (text.length >> 2) + 16;
    this.kinds = new Uint8Array(capacity);
    this.ends = new Uint32Array(capacity);
  }

  run(): Tokens {
    const text = this.#text;
    const length = text.length;
    const hasNul = text.includes("\0");
    let at = 0;
    const binary = hasNul || /^[\u001f\udcff\udcfe]/.test(text) ? binaryKind(text) : undefined;
    if (binary !== undefined) {
      this.#error(lexicalError(binary, text, 0, length));
      this.#push(TokenKind.Stray, length);
      return this;
    }
    while (at < length) {
      const start = at;
      const code = text.charCodeAt(at++);
      if (isSpace(code)) {
        while (isSpace(text.charCodeAt(at))) at++;
        this.#push(TokenKind.Whitespace, at);
      } else if (isLetter(code)) {
        while (isWord(text.charCodeAt(at))) at++;
        this.#push(TokenKind.Identifier, at);
      } else if (code === 34 || code === 39) {
        at = this.#string(start, code);
        this.#push(TokenKind.String, at);
      } else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at)))) {
        at = this.#number(start, code);
      } else if (code === 35) {
        at = text.indexOf("\n", at);
        if (at === -1) at = length;
        const nul = hasNul ? text.slice(start, at).indexOf("\0") + start : -1;
        if (nul >= start) this.#error(lexicalError("control-in-comment", text, nul, nul + 1));
        this.#push(TokenKind.Comment, at);
      } else if (code < 32 || isForeignSpace(code)) {
        for (; at < length; at++) {
          const next = text.charCodeAt(at);
          if (code < 32 ? next >= 32 || isSpace(next) : !isForeignSpace(next) || start === 0) break;
        }
        // One control character seldom comes alone: only the first is reported.
        if (code >= 32 || !this.#control) this.#error(lexicalError("stray", text, start, at));
        this.#control ||= code < 32;
        this.#push(TokenKind.Stray, at);
      } else if (code >= 0x80) {
        while (text.charCodeAt(at) >= 0x80 && !isForeignSpace(text.charCodeAt(at))) at++;
        this.#push(TokenKind.Foreign, at);
      } else this.#push(code, at);
    }
    return this;
  }

  #push(kind: number, end: number): void {
    if (this.count === this.ends.length) {
      const kinds = new Uint8Array(this.count * 2);
      kinds.set(this.kinds);
      this.kinds = kinds;
      const ends = new Uint32Array(this.count * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.kinds[this.count] = kind;
    this.ends[this.count++] = end;
  }

  /** Reports a mistake in the token that is about to be pushed. */
  #error(error: TextError): void {
    this.malformed.add(this.count);
    this.errors.push(error);
  }

  /** Pushes a number with everything that clings to it; a wrong one is one token and one error. */
  #number(start: number, first: number): number {
    const text = this.#text;
    let at = start + 1;
    let float = first === 46;
    let mistake: Parameters<typeof lexicalError>[0] | undefined;
    const second = text.charCodeAt(at);
    if (first === 48 && (second | 0x20) === 0x78) {
      at++;
      if (!isHex(text.charCodeAt(at))) mistake = "hex-digits";
      while (isHex(text.charCodeAt(at))) at++;
    } else if (first === 48 && isDigit(second)) {
      while (isDigit(text.charCodeAt(at))) {
        if (text.charCodeAt(at++) >= 56) mistake = "octal-digits";
      }
    } else {
      while (isDigit(text.charCodeAt(at))) at++;
      if (!float && text.charCodeAt(at) === 46) {
        float = true;
        at++;
        while (isDigit(text.charCodeAt(at))) at++;
      }
      if ((text.charCodeAt(at) | 0x20) === 0x65) {
        float = true;
        at++;
        if (text.charCodeAt(at) === 43 || text.charCodeAt(at) === 45) at++;
        if (!isDigit(text.charCodeAt(at))) mistake = "exponent";
        while (isDigit(text.charCodeAt(at))) at++;
      }
      if ((text.charCodeAt(at) | 0x20) === 0x66) {
        float = true;
        at++;
      }
    }
    const after = text.charCodeAt(at);
    if (isLetter(after) || after === 46) {
      mistake ??= isLetter(after) ? "letters-after-number" : "second-point";
      fieldStart.lastIndex = at;
      if (!fieldStart.test(text)) while (isWord(text.charCodeAt(at)) || text.charCodeAt(at) === 46) at++;
    }
    if (mistake !== undefined) this.#error(lexicalError(mistake, text, start, at));
    this.#push(float ? TokenKind.Float : TokenKind.Integer, at);
    return at;
  }

  /** End of the string literal that begins at `start`; reports what is wrong in it. */
  #string(start: number, quote: number): number {
    const text = this.#text;
    const errors = this.errors.length;
    for (let at = start + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) return followedByText(text, at + 1) ? this.#shifted(start, at, errors) : at + 1;
      if (code === 92) at = this.#escape(at);
      else if (code === 10) {
        this.errors.length = errors;
        return this.#unclosed(start, at, quote);
      } else if (code === 0) this.#error(lexicalError("nul-in-string", text, at, at + 1));
    }
    // Odd escapes in what was not meant to be in the string are no mistakes of their own.
    this.errors.length = errors;
    this.#error(lexicalError("unclosed-string", text, start, text.length));
    return text.length;
  }

  /** Checks the escape whose backslash is at `at` and returns the offset of its last character. */
  #escape(at: number): number {
    const text = this.#text;
    const code = text.charCodeAt(at + 1);
    const digits = (from: number, to: number): boolean => {
      for (let index = from; index < to; index++) if (!isHex(text.charCodeAt(index))) return false;
      return true;
    };
    switch (code) {
      case 120: // x
        if (!digits(at + 2, at + 3)) this.#error(lexicalError("hex-escape", text, at, at + 2));
        return at + 1;
      case 117: // u
        if (!digits(at + 2, at + 6)) this.#error(lexicalError("unicode-escape", text, at, at + 2));
        return at + 1;
      case 85: // U
        if (!/^00[01]/.test(text.slice(at + 2, at + 5)) || !digits(at + 5, at + 10)) {
          this.#error(lexicalError("long-unicode-escape", text, at, at + 2));
        }
        return at + 1;
    }
    if ((code >= 48 && code <= 55) || "abfnrtv\\?'\"".includes(String.fromCharCode(code))) return at + 1;
    // A backslash before the end of the line or text is part of the string that is not closed there.
    if (code === 10 || (code === 13 && text.charCodeAt(at + 2) === 10) || Number.isNaN(code)) return at;
    const end = at + 1 + String.fromCodePoint(text.codePointAt(at + 1) ?? 0).length;
    this.#error(lexicalError("escape", text, at, end));
    return end - 1;
  }

  /**
   * A literal that reaches the end of its line at `lineEnd`. Where the lines after it do not look like fields and one of
   * them holds the closing quote (a pasted PEM block), the literal reaches to there, else to the end of its line.
   */
  #unclosed(start: number, lineEnd: number, quote: number): number {
    const text = this.#text;
    const close = String.fromCharCode(quote);
    for (let line = lineEnd + 1; line < text.length; ) {
      let end = text.indexOf("\n", line);
      if (end === -1) end = text.length;
      const content = text.slice(line, end);
      if (fieldLine.test(content)) break;
      const found = content.indexOf(close);
      // A literal of its own begins here: the text goes on in adjacent literals.
      if (found !== -1 && content.slice(0, found).trim() === "" && content.includes(close, found + 1)) break;
      if (found !== -1) {
        const to = line + found + 1;
        this.#error(lexicalError("string-over-lines", text, start, to));
        return to;
      }
      line = end + 1;
    }
    if (clingsToText(text, start) && /[\s}>\],;]/.test(text.charAt(start + 1))) return this.#unopened(start);
    const to = text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
    const content = text.slice(start + 1, to);
    const closers = content.length - (/[\s}>\],;]*$/.exec(content.slice(-200))?.[0].length ?? 0);
    const found = goesOn.exec(content);
    const end = /^[\s,;]+[}>\]]/.test(content.slice(closers)) ? closers : content.length;
    return this.#cut(start, start + 1 + Math.min(end, found?.index ?? end));
  }

  /** Reports a literal that is not closed and seems to end at `end`. */
  #cut(start: number, end: number): number {
    this.#error(lexicalError("unclosed-string", this.#text, start, end));
    return end;
  }

  /**
   * A literal from `start` to the quote at `close`, after which text follows that can follow no literal. Where it holds
   * what looks like a field whose value begins at `close`, a quote was forgotten, and the literals of the line are shifted.
   */
  #shifted(start: number, close: number, errors: number): number {
    const text = this.#text;
    const content = text.slice(start + 1, close);
    const found = /[:[,][ \t]*$/.test(content) ? (blockEnds.exec(content) ?? goesOn.exec(content)) : null;
    if (found === null) return close + 1;
    this.errors.length = errors;
    if (clingsToText(text, start)) return this.#unopened(start);
    return this.#cut(start, start + 1 + Math.min(found.index, goesOn.exec(content)?.index ?? found.index));
  }

  /** The quote at `at` ends a text that has none at its beginning: both become one token. */
  #unopened(at: number): number {
    const text = this.#text;
    const line = text.slice(Math.max(text.lastIndexOf("\n", at) + 1, at - longestPemLine), at);
    const pem = /(?:^|[\s:])(-----(?:BEGIN|END) .*)$/.exec(line)?.[1];
    let start = pem === undefined ? at : at - pem.length;
    while (pem === undefined && start > 0 && !/[\s:{[<"'=(]/.test(text.charAt(start - 1))) start--;
    while (this.count > 0 && (this.ends[this.count - 1] ?? 0) > start) this.malformed.delete(--this.count);
    while ((this.errors.at(-1)?.span.start ?? -1) >= start) this.errors.pop();
    this.malformed.delete(this.count);
    this.#error(lexicalError("unopened-string", text, start, at + 1));
    return at + 1;
  }
}
