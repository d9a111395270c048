import type { SchemaSet } from "./schema.ts";

/** One message of the C++ parser; line and column count from 1, the column in bytes with tabs to multiples of 8. */
export interface CppError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
export interface CppVerdict {
  readonly accept: boolean;
  /** In the order in which the server logs them, each as `Error parsing text-format <message>: <line>:<column>: <text>`. */
  readonly errors: readonly CppError[];
}
/** What C++ `TextFormat::Parser` (protobuf 3.21, strict) says about a text. */
export function cppVerdict(_text: string, _messageName: string, _schemas: SchemaSet): CppVerdict {
  throw new Error("not yet");
}
