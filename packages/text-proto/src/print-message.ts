import type { PlainMessage } from "./message.ts";
import type { SchemaSet } from "./schema.ts";

export interface PrintOptions {
  /** Comment lines for the top of the file, without `#`. */
  readonly header?: string | readonly string[];
}
export function printMessage(
  _value: PlainMessage,
  _messageName: string,
  _schemas: SchemaSet,
  _options?: PrintOptions,
): string {
  throw new Error("not yet");
}
