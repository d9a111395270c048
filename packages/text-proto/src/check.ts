import type { Diagnostic, RuleMeta } from "@servable/diagnostics";
import type { MessageNode } from "./message.ts";
import type { SchemaSet } from "./schema.ts";
import type { TextDocument } from "./tree.ts";

export interface CheckOptions {
  /** `Diagnostic.file` of all diagnostics. */
  readonly file: string;
  /** Full name of the message that the file holds. */
  readonly message: string;
  readonly schemas: SchemaSet;
}
export interface CheckResult {
  readonly diagnostics: Diagnostic[];
  readonly document: TextDocument;
  readonly message: MessageNode;
}
/** All mistakes of a text proto as diagnostics of severity error: the server refuses the file for any of them. */
export function checkText(_text: string, _options: CheckOptions): CheckResult {
  throw new Error("not yet");
}
/** The rules that {@link checkText} reports. */
export const textProtoRules: readonly RuleMeta[] = [];
