import { shown } from "./lexical-errors.ts";
import { Symbols, type TokenCursor } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import { spanOf } from "./tree.ts";

/** A token that no name has, though people write names with it. */
function isOdd(cursor: TokenCursor, at: number): boolean {
  const kind = cursor.kind(at);
  return kind === Symbols.Minus || kind === Symbols.Dot || kind === TokenKind.Foreign;
}

const isWordKind = (kind: number): boolean =>
  kind === TokenKind.Identifier || kind === TokenKind.Integer || kind === TokenKind.Float;

/** Last token of a name with hyphens, points or letters beyond ASCII in it; the name's own token for a good one. */
export function endOfName(cursor: TokenCursor, at: number): number {
  const point = cursor.kind(at + 1) === TokenKind.Float && cursor.tokenText(at + 1).startsWith(".");
  if (!point && !isOdd(cursor, at + 1)) return at;
  let last = at;
  while (isOdd(cursor, last + 1) || isWordKind(cursor.kind(last + 1))) last++;
  // A colon beyond ASCII after a good name is a mistake of the value's, not the name's.
  while (cursor.kind(last) === TokenKind.Foreign) last--;
  // An arrow after a good name is a mistake of the colon's.
  if (cursor.kind(last) === Symbols.Minus && cursor.symbol(last + 1) === Symbols.Greater) last--;
  return last;
}

/** Reports a name of several tokens. */
export function reportOddName(cursor: TokenCursor, first: number, last: number): void {
  const written = cursor.tokensText(first, last);
  const hyphens = /^[\w-]+\w$/.test(written);
  const span = spanOf(cursor, first, last);
  const snake = written.replaceAll("-", "_");
  cursor.report(
    `${shown(written)} is no field name`,
    hyphens
      ? `names have underscores, no hyphens: write ${snake}`
      : written.includes(".")
        ? "fields of an inner message stand in its braces: outer { inner: value }"
        : "names are letters, digits and underscores",
    first,
    last,
    hyphens ? { fix: { title: `write ${snake}`, edits: [{ ...span, newText: snake }], safety: "safe" } } : {},
  );
}
