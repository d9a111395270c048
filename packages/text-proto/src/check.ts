import type { Diagnostic, Span } from "@servable/diagnostics";
import { type CppError, cppVerdict } from "./cpp-verdict.ts";
import type { MessageNode } from "./message.ts";
import { parse } from "./parse.ts";
import { read } from "./read.ts";
import type { SchemaSet } from "./schema.ts";
import { byteLengthOfText } from "./text-bytes.ts";
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
  const diagnostics = errors.map((error) => diagnosticOf(error, file));
  const [first] = diagnostics;
  if (first !== undefined) {
    const stop = serverStop(text, name, schemas, first);
    if (stop !== undefined)
      diagnostics[0] = { ...first, related: [...(first.related ?? []), { ...stop, file }] };
  }
  return { diagnostics, document, message };
}

/**
 * Where the server stops, if its log names another line than the mistake's own: it reports an unknown name or word only
 * at the token after it.
 */
function serverStop(
  text: string,
  name: string,
  schemas: SchemaSet,
  { span = { start: 0, end: 0 } }: Diagnostic,
): { message: string; span: Span } | undefined {
  const [error] = cppVerdict(text, name, schemas).errors;
  if (error === undefined) return undefined;
  const at = offsetOf(text, error);
  if (!text.slice(Math.min(at, span.start), Math.max(at, span.start)).includes("\n")) return undefined;
  return {
    message: `the server's log says ${error.line}:${error.column}: ${error.message}`,
    span: { start: at, end: at },
  };
}

/** UTF-16 offset of a position of the C++ parser. */
function offsetOf(text: string, { line, column }: CppError): number {
  let at = 0;
  for (let left = line; left > 1; left--) at = text.indexOf("\n", at) + 1;
  for (let bytes = 0; bytes < column - 1 && at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    bytes += character === "\t" ? 8 - (bytes % 8) : byteLengthOfText(character);
    at += character.length;
  }
  return at;
}
