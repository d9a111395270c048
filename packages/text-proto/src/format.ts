import type { SchemaSet } from "./schema.ts";
import type { TextError } from "./text-error.ts";

export interface FormatOptions {
  /** With both given, a text that does not read as this message is reported too. */
  readonly message?: string;
  readonly schemas?: SchemaSet;
}
export type FormatResult =
  | { readonly text: string; readonly changed: boolean; readonly errors?: undefined }
  | { readonly errors: readonly TextError[]; readonly text?: undefined };
/** Canonical layout: comments kept, the message unchanged, idempotent. A text that does not parse is reported, not touched. */
export function format(_text: string, _options: FormatOptions = {}): FormatResult {
  throw new Error("not yet");
}
