import type { MessageNode, PlainMessage } from "./message.ts";
import type { SchemaSet } from "./schema.ts";

export interface PrintOptions {
  /** Comment lines for the top of the file, without `#`. */
  readonly header?: string | readonly string[];
}
/** Text of a plain message, fields in schema order, deterministic, with a trailing newline (empty for no fields and no header). */
export function printMessage(
  _value: PlainMessage,
  _messageName: string,
  _schemas: SchemaSet,
  _options?: PrintOptions,
): string {
  throw new Error("not yet");
}
/** The text that `protoc --decode` prints for the message. */
export function canonicalText(_message: MessageNode, _schemas: SchemaSet): string {
  throw new Error("not yet");
}
