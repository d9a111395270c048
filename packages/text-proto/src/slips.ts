import { shown } from "./lexical-errors.ts";
import { Symbols, type TokenCursor } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import type { FieldNode, ScalarNode } from "./tree.ts";

/** Tokens that stand where a colon belongs, or after it: `=`, `=>`, `->`, `:=`, `::`. */
export interface OddSign {
  readonly first: number;
  readonly last: number;
}

/** Passes over a sign that is written for the colon of a field. */
export function oddSign(cursor: TokenCursor, field: FieldNode): OddSign | undefined {
  const first = cursor.at;
  let last = -1;
  for (;;) {
    const symbol = cursor.symbol();
    const inArrow = symbol === Symbols.Greater && last === cursor.at - 1;
    const arrow = symbol === Symbols.Minus && cursor.symbol(cursor.at + 1) === Symbols.Greater;
    const equals = symbol === Symbols.Equals && !cursor.onNewLine();
    const colon = symbol === Symbols.Colon && (field.colon !== -1 || last !== -1);
    if (!(arrow || equals || colon || (inArrow && last !== -1))) break;
    last = cursor.at;
    cursor.next();
  }
  return last === -1 ? undefined : { first, last };
}

/** Whether `[name.` or `[name/` begins here: the content of a google.protobuf.Any, for no list begins so. */
export function beginsTypeUrl(cursor: TokenCursor): boolean {
  if (cursor.symbol() !== Symbols.OpenList) return false;
  const name = cursor.after(cursor.at);
  const next = cursor.symbol(cursor.after(name));
  return cursor.kind(name) === TokenKind.Identifier && (next === Symbols.Dot || next === Symbols.Slash);
}

/** What kind of scalar the current token begins. */
export function kindOfItem(cursor: TokenCursor): ScalarNode["type"] | undefined {
  const at = cursor.symbol() === Symbols.Minus ? cursor.after(cursor.at) : cursor.at;
  switch (cursor.kind(at)) {
    case TokenKind.Integer:
      return "integer";
    case TokenKind.Float:
      return "float";
    case TokenKind.String:
      return "string";
    case TokenKind.Identifier:
      return "identifier";
    default:
      return undefined;
  }
}

/** `128,000` or `0,1` as the value of a field: one mistake, whatever was meant. */
export function skipNumberParts(cursor: TokenCursor, field: FieldNode): void {
  const { value } = field;
  const isNumber = (): boolean => cursor.kind() === TokenKind.Integer || cursor.kind() === TokenKind.Float;
  if (value?.kind !== "scalar" || value.type !== "integer" || !isNumber() || cursor.onNewLine()) return;
  const at = cursor.at;
  let malformed = false;
  let last = at;
  while (isNumber() && !cursor.onNewLine()) {
    malformed ||= cursor.tokens.malformed.has(cursor.at);
    last = cursor.at;
    cursor.next();
    if (cursor.symbol() === Symbols.Comma) cursor.next();
  }
  field.broken = true;
  const list = cursor.symbol() === Symbols.CloseList;
  if (list) cursor.next();
  if (malformed) return;
  cursor.report(
    list ? "] ends a list that has no [" : `${cursor.tokensText(value.first, last)} is no value`,
    list
      ? `write ${field.name}: [${shown(cursor.tokensText(value.first, last))}]`
      : "numbers have no thousands separator; text stands in quotes; several values of a repeated field are written [1, 2]",
    at,
    last,
  );
}
