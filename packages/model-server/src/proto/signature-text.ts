import { messageType } from "@servable/protos/message-types";
import protobuf from "protobufjs/light.js";
import { formatTextFloat } from "./text-float.ts";
import { writtenValue } from "./written-value.ts";

/** C++ `DebugString` of a serialized SignatureDef: the text form, fields by number, map entries by key. */
export function signatureDebugString(signature: Uint8Array): string {
  const type = messageType("tensorflow.SignatureDef");
  return renderMessage(type.decode(signature), type, 0);
}

function renderMessage(message: object, type: protobuf.Type, depth: number): string {
  return [...type.fieldsArray]
    .sort((a, b) => a.id - b.id)
    .map((field) => renderField(writtenValue(message, field), field, "  ".repeat(depth), depth))
    .join("");
}

function renderField(value: unknown, field: protobuf.Field, indent: string, depth: number): string {
  if (value === undefined) return "";
  const one = (item: unknown, name: string, level: number): string => {
    const blanks = "  ".repeat(level);
    if (field.resolvedType instanceof protobuf.Type)
      return `${blanks}${name} {\n${renderMessage(item as object, field.resolvedType, level + 1)}${blanks}}\n`;
    return `${blanks}${name}: ${scalarText(item, field)}\n`;
  };
  if (field.map) {
    const entries = Object.entries(value as object).map(([key, item]) => [Buffer.from(key), item] as const);
    return entries
      .sort(([a], [b]) => Buffer.compare(a, b))
      .map(
        ([key, item]) =>
          `${indent}${field.name} {\n${indent}  key: ${quote(key)}\n${one(item, "value", depth + 1)}${indent}}\n`,
      )
      .join("");
  }
  if (field.repeated)
    return (value as readonly unknown[]).map((item) => one(item, field.name, depth)).join("");
  return field.partOf === null && isDefault(value) ? "" : one(value, field.name, depth);
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array || typeof value === "string") return value.length === 0;
  // 64-bit integers are objects.
  return value === false || Number(value) === 0;
}

function scalarText(value: unknown, field: protobuf.Field): string {
  if (field.resolvedType instanceof protobuf.Enum)
    return field.resolvedType.valuesById[value as number] ?? String(value);
  switch (field.type) {
    case "string":
    case "bytes":
      return quote(Buffer.from(value as string | Uint8Array));
    case "float":
    case "double":
      return formatTextFloat(value as number, field.type);
    default:
      return String(value);
  }
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
