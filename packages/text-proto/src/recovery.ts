import { Symbols, type TokenCursor } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import { type ListNode, type MessageBody, tokenStart } from "./tree.ts";

/**
 * Passes over what cannot be understood inside `around` (undefined: the outermost message): up to a field that begins a
 * line, a `name:` or `name {` on the same line, or the end of the block. Balanced brackets are passed over as a whole.
 */
export function recover(cursor: TokenCursor, around: MessageBody | ListNode | undefined): void {
  const angled = around !== undefined && cursor.symbol(around.first) === Symbols.Less;
  let depth = 0;
  for (let moved = false; cursor.at < cursor.count; cursor.next(), moved = true) {
    const symbol = cursor.symbol();
    if (depth === 0) {
      if (around !== undefined && symbol === Symbols.Close) return;
      if (angled && symbol === Symbols.Greater) return;
      if (around?.kind === "list" && (symbol === Symbols.CloseList || symbol === Symbols.Comma)) return;
      if (cursor.kind() === TokenKind.Identifier) {
        if (cursor.onNewLine()) return;
        const next = cursor.symbol(cursor.after(cursor.at));
        if (moved && (next === Symbols.Colon || next === Symbols.Open)) return;
      }
      if (symbol === Symbols.OpenList && moved && cursor.onNewLine()) return;
    }
    if (symbol === Symbols.Open || symbol === Symbols.OpenList || symbol === Symbols.OpenRound) depth++;
    else if (
      depth > 0 &&
      (symbol === Symbols.Close || symbol === Symbols.CloseList || symbol === Symbols.CloseRound)
    ) {
      depth--;
    }
  }
}

/** Passes over the lines that are indented deeper than a field without value: a block written as in YAML. */
export function skipIndentedBlock(cursor: TokenCursor, field: number): void {
  const own = cursor.column(field);
  let depth = 0;
  for (; cursor.at < cursor.count; cursor.next()) {
    const symbol = cursor.symbol();
    if (depth === 0) {
      if (symbol === Symbols.Close || symbol === Symbols.Greater || symbol === Symbols.CloseList) return;
      if (cursor.onNewLine() && cursor.column(cursor.at) <= own && symbol !== Symbols.Minus) return;
    }
    if (symbol === Symbols.Open) depth++;
    else if (symbol === Symbols.Close) depth--;
  }
}

/** How many more closing than opening brackets there are from the current token on. */
export function closingExcess(cursor: TokenCursor): number {
  let excess = 0;
  for (let at = cursor.at; at < cursor.count; at++) {
    const symbol = cursor.symbol(at);
    if (symbol === Symbols.Close || symbol === Symbols.Greater) excess++;
    else if (symbol === Symbols.Open || symbol === Symbols.Less) excess--;
  }
  return excess;
}

const conflict = "a merge conflict is not resolved";

/** Passes over a line that version control left behind (`<<<<<<<`, `=======`, `>>>>>>>`); reported once. */
export function skipConflictMarker(cursor: TokenCursor): boolean {
  const start = tokenStart(cursor.tokens, cursor.at);
  const { text } = cursor;
  if (!text.startsWith(text.charAt(start).repeat(7), start) || !cursor.onNewLine()) return false;
  if (!cursor.errors.some((error) => error.message === conflict)) {
    cursor.report(
      conflict,
      "keep one of the two sides and remove the lines that begin with <<<<<<<, ======= and >>>>>>>",
      cursor.at,
      cursor.at + 6,
    );
  }
  do cursor.next();
  while (cursor.at < cursor.count && !cursor.onNewLine());
  return true;
}
