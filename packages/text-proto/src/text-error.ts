import type { Fix, Related, Span } from "@servable/diagnostics";

/**
 * What kind of mistake it is. `syntax`: no schema could accept the text. `unknown-field`: the message has no such
 * field. `invalid-value`: the field cannot hold this value. `set-twice`: a singular field, or two members of a oneof.
 * `unknown-any-type`: the message type inside a `google.protobuf.Any` is not linked into the server.
 */
export type TextErrorCode = "syntax" | "unknown-field" | "invalid-value" | "set-twice" | "unknown-any-type";

/** One mistake in a text proto, for which the server refuses the whole file. */
export interface TextError {
  readonly code: TextErrorCode;
  /** What is wrong, with the actual text: lower-case start, no full stop. */
  readonly message: string;
  /** Why, and how to mend it. */
  readonly help?: string;
  /** UTF-16 offsets of the text at fault. */
  readonly span: Span;
  /** Other places in the same file that explain it. */
  readonly related?: readonly Omit<Related, "file">[];
  readonly fix?: Fix;
  /**
   * The mistake may be one of brackets: a block is not closed, a bracket closes nothing, or a field belongs to a message
   * further out or further in. Of several such errors one is enough to tell.
   */
  readonly structure?: "unclosed" | "unopened" | "outer" | "inner";
}
