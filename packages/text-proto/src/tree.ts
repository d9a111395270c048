import type { Span } from "@servable/diagnostics";
import type { TextError } from "./text-error.ts";
import type { Tokens } from "./tokens.ts";

/**
 * The lossless tree. Nodes point at tokens by index; tokens tile the text, so every blank and comment is still there.
 * `first` and `last` are the indexes of a node's first and last significant token.
 */
export interface TextDocument {
  readonly text: string;
  readonly tokens: Tokens;
  /** The fields of the outermost message. */
  readonly fields: readonly FieldNode[];
  /** Syntax errors in order of position: what no schema could accept. */
  readonly errors: readonly TextError[];
}

export interface FieldNode {
  /** `name`: an identifier; `extension`: `[a.b]`; `url`: `[host/a.b]`, the type of an expanded Any. */
  readonly nameKind: "name" | "extension" | "url";
  /** The name without brackets, blanks and comments inside it. */
  readonly name: string;
  readonly first: number;
  /** Last token of the name. */
  readonly nameLast: number;
  /** Token of the colon, or -1. */
  colon: number;
  /** Absent where it is missing in the text. */
  value: ValueNode | undefined;
  /** Token of the `,` or `;` after the value, or -1. */
  separator: number;
  last: number;
  /** A syntax error was reported inside the field itself (not in a nested field): its value is not to be judged. */
  broken: boolean;
  /** The syntax error about a missing colon before a scalar, which may turn out to be a deeper mistake. */
  colonError: TextError | undefined;
}

/** `{ … }` or `< … >`. */
export interface MessageBody {
  readonly kind: "message";
  readonly first: number;
  last: number;
  fields: readonly FieldNode[];
  /** Whether the closing token is there. */
  closed: boolean;
}

/** `[ … ]` as a value. */
export interface ListNode {
  readonly kind: "list";
  readonly first: number;
  last: number;
  readonly items: ValueNode[];
  closed: boolean;
}

/** A number, identifier, or one or more adjacent strings; a number or identifier may have a minus sign before it. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly type: "string" | "integer" | "float" | "identifier";
  readonly negative: boolean;
  readonly first: number;
  readonly last: number;
}

export type ValueNode = MessageBody | ListNode | ScalarNode;

/** Start of a token as UTF-16 offset. */
export const tokenStart = (tokens: Tokens, index: number): number =>
  index === 0 ? 0 : (tokens.ends[index - 1] ?? 0);

/** The offsets from the first to the last token of a node. */
export function spanOf(doc: Pick<TextDocument, "tokens">, first: number, last: number): Span {
  return { start: tokenStart(doc.tokens, first), end: doc.tokens.ends[last] ?? 0 };
}

/** The text that was parsed, put together again from the tokens: equal to it for any input. */
export function printDocument(doc: TextDocument): string {
  const { tokens, text } = doc;
  let printed = "";
  for (let index = 0; index < tokens.count; index++) {
    printed += text.slice(tokenStart(tokens, index), tokens.ends[index]);
  }
  return printed;
}
