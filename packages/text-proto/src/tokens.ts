/** Kinds of tokens; those up to {@link TokenKind.Comment} carry no meaning. */
export const TokenKind = {
  Whitespace: 0,
  Comment: 1,
  Identifier: 2,
  Integer: 3,
  Float: 4,
  String: 5,
  Symbol: 6,
  /** Characters that cannot stand there at all: control characters and non-ASCII letters outside strings. */
  Garbage: 7,
} as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** Tokens tile the text: token i reaches from the end of token i-1 (0 for the first) to its own end. */
export interface Tokens {
  readonly count: number;
  /** {@link TokenKind} by token; only the first `count` are meant. */
  readonly kinds: Uint8Array;
  /** UTF-16 offset of the end by token. */
  readonly ends: Uint32Array;
}

export function scan(_text: string): Tokens {
  throw new Error("not yet");
}
