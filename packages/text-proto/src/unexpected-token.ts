import { quoted } from "./lexical-errors.ts";
import { Symbols, type TokenCursor } from "./token-cursor.ts";
import { TokenKind } from "./tokens.ts";
import { tokenStart } from "./tree.ts";

/** A private key of this length fits in; farther away an end belongs to another block. */
const longestPem = 20_000;

/**
 * Reports a token that cannot begin a field, by what it tells of the writer's mind, and passes over what belongs to it.
 * Gives whether the tokens after it still have to be passed over.
 */
export function reportUnexpected(cursor: TokenCursor, beginsFile: boolean): boolean {
  const { at } = cursor;
  const symbol = cursor.symbol();
  const kind = cursor.kind();
  const found = quoted(cursor.tokenText(at));
  const noName = (help: string): boolean => {
    cursor.report(`expected a field name, found ${found}`, help, at);
    return true;
  };
  if (cursor.tokens.malformed.has(at)) {
    // What is wrong with the token has been reported; that it stands here is the same mistake.
    cursor.next();
    return true;
  }
  if (symbol === Symbols.Comma || symbol === Symbols.Semicolon) {
    cursor.report(
      `${found} stands where a field should begin`,
      "one separator may follow a field, none begins one",
      at,
    );
    while (cursor.symbol() === Symbols.Comma || cursor.symbol() === Symbols.Semicolon) cursor.next();
    return false;
  }
  if (symbol === Symbols.Open && beginsFile) {
    const json = cursor.kind(cursor.after(at)) === TokenKind.String;
    cursor.report(
      json ? "this is JSON, not the protobuf text format" : "the file begins with {",
      json
        ? "write field: value without quotes around names, and blocks as name { … }"
        : "the outermost message has no braces: write its fields directly",
      at,
    );
    return true;
  }
  if (cursor.text.startsWith("-----BEGIN", tokenStart(cursor.tokens, at))) return skipPem(cursor);
  if (
    kind === TokenKind.String &&
    cursor.previous !== -1 &&
    cursor.errors.at(-1)?.span.end === cursor.tokens.ends[cursor.previous]
  ) {
    // The text would go on here but for what was reported right before.
    while (cursor.kind() === TokenKind.String) cursor.next();
    return false;
  }
  if (kind === TokenKind.String) return noName("field names have no quotes; only values do");
  if (kind === TokenKind.Integer) return noName("fields are written by name, not by number");
  if (symbol === Symbols.Slash) return noName("comments begin with #");
  if (symbol === Symbols.Minus) {
    return noName("this is no YAML: a repeated field is written once per item, or as field: [a, b]");
  }
  return noName('a field is written "name: value" or "name { … }"');
}

/** A key or certificate that is not in a string. */
function skipPem(cursor: TokenCursor): boolean {
  cursor.report(
    "PEM text stands outside a string",
    'write server_key: "-----BEGIN …\\n…" with \\n for each line break, or one string literal a line',
    cursor.at,
  );
  const start = tokenStart(cursor.tokens, cursor.at);
  const length = cursor.text.slice(start, start + longestPem).indexOf("-----END");
  if (length === -1) return true;
  while (cursor.at < cursor.count && tokenStart(cursor.tokens, cursor.at) <= start + length) cursor.next();
  while (cursor.at < cursor.count && !cursor.onNewLine()) cursor.next();
  return false;
}
