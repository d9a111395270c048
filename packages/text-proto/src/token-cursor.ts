import { quoted } from "./lexical-errors.ts";
import type { TextError } from "./text-error.ts";
import { scan, TokenKind, type Tokens } from "./tokens.ts";
import { spanOf, tokenStart } from "./tree.ts";

/** Character codes of the symbols that the grammar knows. */
export const Symbols = {
  OpenRound: 40,
  CloseRound: 41,
  Comma: 44,
  Minus: 45,
  Dot: 46,
  Slash: 47,
  Colon: 58,
  Semicolon: 59,
  Less: 60,
  Equals: 61,
  Greater: 62,
  OpenList: 91,
  CloseList: 93,
  Open: 123,
  Close: 125,
} as const;

/** Beyond this many, further mistakes are not listed (a binary file would give millions). */
export const maxErrors = 1000;

/** Walks over the significant tokens of a text and collects syntax errors. */
export class TokenCursor {
  readonly text: string;
  readonly tokens: Tokens;
  readonly count: number;
  readonly errors: TextError[] = [];
  /** Index of the current significant token, or `count`. */
  at = -1;
  /** The significant token before it, or -1. */
  previous = -1;
  readonly #kinds: Uint8Array;

  constructor(text: string) {
    this.text = text;
    this.tokens = scan(text);
    this.#kinds = this.tokens.kinds;
    this.count = this.tokens.count;
    this.next();
    this.previous = -1;
  }

  /** Moves to the next significant token. */
  next(): void {
    const kinds = this.#kinds;
    this.previous = this.at;
    let at = this.at + 1;
    while (at < this.count && (kinds[at] as number) <= TokenKind.Stray) at++;
    this.at = at;
  }

  /** Character code of the current token if it is a symbol, else 0. */
  symbol(at = this.at): number {
    if (at >= this.count) return 0;
    const kind = this.#kinds[at] as number;
    return kind >= TokenKind.Symbol ? kind : 0;
  }

  kind(at = this.at): number {
    return at < this.count ? (this.#kinds[at] as number) : -1;
  }

  tokenText(at: number): string {
    return at < this.count ? this.text.slice(tokenStart(this.tokens, at), this.tokens.ends[at]) : "";
  }

  /** The current token for a message. */
  found(): string {
    return this.at < this.count ? `found ${quoted(this.tokenText(this.at))}` : "found the end of the file";
  }

  after(at: number): number {
    let index = at + 1;
    while (index < this.count && (this.#kinds[index] as number) <= TokenKind.Stray) index++;
    return index;
  }

  /** Whether a line break stands between the previous significant token and the current one. */
  onNewLine(at = this.at): boolean {
    for (let index = at - 1; index >= 0; index--) {
      const kind = this.#kinds[index] as number;
      if (kind > TokenKind.Stray) return false;
      if (kind === TokenKind.Whitespace && this.tokenText(index).includes("\n")) return true;
    }
    return true;
  }

  report(
    message: string,
    help: string,
    first: number,
    last = first,
    more: Partial<TextError> = {},
  ): TextError {
    const span =
      first < this.count ? spanOf(this, first, last) : { start: this.text.length, end: this.text.length };
    const error: TextError = { code: "syntax", message, help, span, ...more };
    if (this.errors.length <= maxErrors) this.errors.push(error);
    return error;
  }

  column(at: number): number {
    const start = tokenStart(this.tokens, at);
    return start - this.text.lastIndexOf("\n", start - 1);
  }

  tokensText(first: number, last: number): string {
    return this.text.slice(tokenStart(this.tokens, first), this.tokens.ends[last]);
  }
}
