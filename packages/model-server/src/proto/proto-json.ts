import { type FieldTable, MESSAGES } from "./fields.ts";
import { protoJsonString } from "./json-string.ts";
import type { FieldValue, ParsedMessage } from "./parsed.ts";

/**
 * A message as C++ `MessageToJsonString` prints it with whitespace, all primitive fields and proto field names: one blank
 * a level, 64-bit integers as strings, bytes in base64. Fields come in the order of declaration; scalar
 * members of a oneof come last.
 */
export function protoJson(message: ParsedMessage): string {
  return `${renderMessage(message, 0)}\n`;
}

function renderMessage(message: ParsedMessage, depth: number): string {
  const table = MESSAGES[message.type] ?? [];
  const late = ({ oneof, kind }: FieldTable): boolean => oneof === true && kind !== "message";
  const inOrder = [...table.filter((field) => !late(field)), ...table.filter(late)];
  const members: string[] = [];
  for (const field of inOrder) {
    const text = renderField(message, field, depth + 1);
    if (text !== undefined) members.push(`"${field.name}": ${text}`);
  }
  return braces("{", members, "}", depth);
}

function braces(open: string, members: readonly string[], close: string, depth: number): string {
  if (members.length === 0) return `${open}${close}`;
  const indent = " ".repeat(depth + 1);
  return `${open}\n${members.map((member) => `${indent}${member}`).join(",\n")}\n${" ".repeat(depth)}${close}`;
}

function renderField(message: ParsedMessage, field: FieldTable, depth: number): string | undefined {
  if (field.kind === "map") {
    const entries = message.maps.get(field) ?? [];
    // Of a key given twice the last value counts.
    const last = new Map(entries);
    const members = [...last].map(
      ([key, value]) => `${protoJsonString(key)}: ${renderMessage(value, depth + 1)}`,
    );
    return braces("{", members, "}", depth);
  }
  const values = message.fields.get(field) ?? [];
  if (field.repeated === true) {
    return braces(
      "[",
      values.map((value) => renderValue(value, field, depth + 1)),
      "]",
      depth,
    );
  }
  const value = values[values.length - 1];
  if (value !== undefined) return renderValue(value, field, depth);
  if (field.oneof === true || field.kind === "message") return undefined;
  return renderValue(defaultOf(field), field, depth);
}

function defaultOf(field: FieldTable): FieldValue {
  switch (field.kind) {
    case "bool":
      return false;
    case "string":
      return "";
    case "bytes":
      return new Uint8Array(0);
    case "int64":
    case "sint64":
    case "uint64":
      return 0n;
    case "enum":
      return field.enumName === "DataType" ? "DT_INVALID" : "UNKNOWN";
    default:
      return 0;
  }
}

function renderValue(value: FieldValue, field: FieldTable, depth: number): string {
  if (typeof value === "bigint") return `"${value}"`;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return protoJsonString(value);
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("base64")}"`;
  if (typeof value === "number") return renderNumber(value, field);
  return renderMessage(value, depth);
}

function renderNumber(value: number, field: FieldTable): string {
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  if (field.kind === "float") {
    const short = Number(value.toPrecision(8));
    return String(Math.fround(short) === value ? short : Number(value.toPrecision(9)));
  }
  return Object.is(value, -0) ? "-0" : String(value);
}
