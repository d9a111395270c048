import type { SignatureDef } from "../wire/signatures.ts";
import { type FieldTable, MESSAGES } from "./fields.ts";
import { type FieldValue, type ParsedMessage, parseMessage } from "./parsed.ts";
import { formatTextFloat } from "./text-float.ts";

/** C++ `DebugString` of a SignatureDef: the text form, fields by number, map entries by key. */
export function signatureDebugString(signature: SignatureDef): string {
  return renderMessage(parseMessage("SignatureDef", signature.bytes), 0);
}

function renderMessage(message: ParsedMessage, depth: number): string {
  const table = [...(MESSAGES[message.type] ?? [])].sort((a, b) => a.number - b.number);
  let text = "";
  const indent = "  ".repeat(depth);
  const block = (name: string, body: string): string => `${indent}${name} {\n${body}${indent}}\n`;
  for (const field of table) {
    if (field.kind === "map") {
      const entries = [...new Map(message.maps.get(field) ?? [])].sort(([a], [b]) =>
        Buffer.compare(Buffer.from(a), Buffer.from(b)),
      );
      for (const [key, value] of entries) {
        const inner = "  ".repeat(depth + 1);
        text += block(
          field.name,
          `${inner}key: ${quote(Buffer.from(key))}\n${inner}value {\n${renderMessage(value, depth + 2)}${inner}}\n`,
        );
      }
      continue;
    }
    const values = message.fields.get(field) ?? [];
    const shown = field.repeated === true ? values : values.slice(-1);
    for (const value of shown) {
      if (field.kind === "message")
        text += block(field.name, renderMessage(value as ParsedMessage, depth + 1));
      else if (field.repeated === true || field.oneof === true || !isDefault(value)) {
        text += `${indent}${field.name}: ${scalarText(value, field)}\n`;
      }
    }
  }
  return text;
}

function isDefault(value: FieldValue): boolean {
  return (
    value === 0 ||
    value === 0n ||
    value === false ||
    value === "" ||
    value === "DT_INVALID" ||
    value === "UNKNOWN" ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

function scalarText(value: FieldValue, field: FieldTable): string {
  if (value instanceof Uint8Array) return quote(value);
  if (typeof value === "string") return field.kind === "enum" ? value : quote(Buffer.from(value));
  if (typeof value === "number" && (field.kind === "float" || field.kind === "double")) {
    return formatTextFloat(value, field.kind);
  }
  return String(value);
}

const ESCAPES: Readonly<Record<number, string>> = {
  10: "\\n",
  13: "\\r",
  9: "\\t",
  34: '\\"',
  39: "\\'",
  92: "\\\\",
};

/** A C string literal: bytes beyond ASCII in octal. */
function quote(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) {
    const escaped = ESCAPES[byte];
    if (escaped !== undefined) text += escaped;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `${text}"`;
}
