import type { Diagnostic } from "@servable/diagnostics";
import type { MessageNode } from "./message.ts";
import { parse } from "./parse.ts";
import { read } from "./read.ts";
import type { SchemaSet } from "./schema.ts";
import type { TextError } from "./text-error.ts";
import type { TextDocument } from "./tree.ts";

export interface CheckOptions {
  /** `Diagnostic.file` of all diagnostics. */
  readonly file: string;
  /** Full name of the message that the file holds. */
  readonly message: string;
  readonly schemas: SchemaSet;
}

export interface CheckResult {
  /** By position; all of severity error. */
  readonly diagnostics: Diagnostic[];
  readonly document: TextDocument;
  readonly message: MessageNode;
}

/** An error of the reader as a diagnostic of the rule `text-proto/<code>`. */
export function diagnosticOf(error: TextError, file: string): Diagnostic {
  return {
    rule: `text-proto/${error.code}`,
    severity: "error",
    message: error.message,
    ...(error.help === undefined ? {} : { help: error.help }),
    file,
    span: error.span,
    ...(error.related === undefined
      ? {}
      : { related: error.related.map((related) => ({ ...related, file })) }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  };
}

/** All mistakes of a text proto as diagnostics of severity error: the server refuses the file for any of them. */
export function checkText(text: string, { file, message: name, schemas }: CheckOptions): CheckResult {
  const document = parse(text);
  const { message, errors } = read(document, name, schemas);
  return { diagnostics: errors.map((error) => diagnosticOf(error, file)), document, message };
}
