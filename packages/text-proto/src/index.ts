export { type CheckOptions, type CheckResult, checkText, diagnosticOf } from "./check.ts";
export { type CppError, type CppVerdict, cppVerdict } from "./cpp-verdict.ts";
export { encode } from "./encode.ts";
export { escapeText } from "./escape.ts";
export { type FormatOptions, type FormatResult, format } from "./format.ts";
export {
  type AnyNode,
  type EntryNode,
  type FieldValue,
  MessageNode,
  type PlainMessage,
  type PlainValue,
  toPlain,
} from "./message.ts";
export { parse } from "./parse.ts";
export { canonicalText, type PrintOptions, printMessage } from "./print.ts";
export { type ReadResult, read } from "./read.ts";
export { textProtoRules } from "./rules.ts";
export type { EnumSchema, FieldSchema, MessageSchema, ScalarType, SchemaSet } from "./schema.ts";
export { findEnum, findField, findMessage } from "./schema.ts";
export { bytesOfText, textOfBytes } from "./text-bytes.ts";
export type { TextError, TextErrorCode } from "./text-error.ts";
export { scan, TokenKind, type Tokens } from "./tokens.ts";
export {
  type FieldNode,
  type ListNode,
  type MessageBody,
  printDocument,
  type ScalarNode,
  type TextDocument,
  type ValueNode,
} from "./tree.ts";
export { wireTypeOf } from "./wire-type.ts";
