import type { MessageNode } from "./message.ts";
import type { SchemaSet } from "./schema.ts";
import type { TextError } from "./text-error.ts";
import type { TextDocument } from "./tree.ts";

export interface ReadResult {
  /** What could be read; complete when `errors` is empty. */
  readonly message: MessageNode;
  /** All mistakes, syntax errors included, by position. Empty exactly when the C++ parser accepts the text. */
  readonly errors: readonly TextError[];
}

/** Reads a tree as a message of the given type. Throws a RangeError only for a message name that `schemas` lacks. */
export function read(_doc: TextDocument, _messageName: string, _schemas: SchemaSet): ReadResult {
  throw new Error("not yet");
}
