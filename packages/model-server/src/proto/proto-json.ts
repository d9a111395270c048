import { messageType } from "@servable/protos/message-types";
import protobuf from "protobufjs/light.js";
import { protoJsonString } from "./json-string.ts";
import { writtenValue } from "./written-value.ts";

/**
 * A message as C++ `MessageToJsonString` prints it with whitespace, all primitive fields and proto field names: one blank
 * a level, 64-bit integers as strings, bytes in base64. Fields come in the order of declaration; scalar
 * members of a oneof come last.
 * @throws Error for bytes that are no such message
 */
export function protoJson(type: string, bytes: Uint8Array): string {
  const message = messageType(type);
  return `${renderMessage(message.decode(bytes), message, 0)}\n`;
}

function renderMessage(message: object, type: protobuf.Type, depth: number): string {
  const late = (field: protobuf.Field): boolean =>
    field.partOf !== null && !(field.resolvedType instanceof protobuf.Type);
  const fields = type.fieldsArray;
  const members: string[] = [];
  for (const field of [...fields.filter((each) => !late(each)), ...fields.filter(late)]) {
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

function renderField(message: object, field: protobuf.Field, depth: number): string | undefined {
  const value = writtenValue(message, field);
  if (field.map) {
    const members = Object.entries((value ?? {}) as object).map(
      ([key, item]) => `${protoJsonString(key)}: ${renderValue(item, field, depth + 1)}`,
    );
    return braces("{", members, "}", depth);
  }
  if (field.repeated) {
    const items = (value ?? []) as readonly unknown[];
    return braces(
      "[",
      items.map((item) => renderValue(item, field, depth + 1)),
      "]",
      depth,
    );
  }
  if (value !== undefined) return renderValue(value, field, depth);
  if (field.partOf !== null || field.resolvedType instanceof protobuf.Type) return undefined;
  return renderValue(field.typeDefault, field, depth);
}

function renderValue(value: unknown, field: protobuf.Field, depth: number): string {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return renderMessage(value as object, resolvedType, depth);
  if (resolvedType instanceof protobuf.Enum) {
    const name = resolvedType.valuesById[value as number];
    return name === undefined ? String(value) : protoJsonString(name);
  }
  switch (field.type) {
    case "string":
      return protoJsonString(value as string);
    case "bytes":
      return `"${Buffer.from(value as Uint8Array).toString("base64")}"`;
    case "int64":
    case "sint64":
    case "uint64":
      return `"${value}"`;
    case "float":
    case "double":
      return renderNumber(value as number, field.type);
    default:
      return String(value);
  }
}

function renderNumber(value: number, type: "float" | "double"): string {
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  if (type === "float") {
    const short = Number(value.toPrecision(8));
    return String(Math.fround(short) === value ? short : Number(value.toPrecision(9)));
  }
  return Object.is(value, -0) ? "-0" : String(value);
}
