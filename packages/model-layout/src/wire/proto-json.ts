import { toBase64 } from "@servable/tensors";
import type { SchemaSet } from "@servable/text-proto";
import type { DecodedMessage, DecodedValue } from "./decode-message.ts";

/** JSON values. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A decoded message in the JSON mapping of protobuf, with the field names of the .proto file (snake_case). */
export function toProtoJson(message: DecodedMessage, name: string, schemas: SchemaSet): Json {
  const json: Record<string, Json> = {};
  for (const field of schemas.messages[name]?.fields ?? []) {
    const value = message[field.name];
    if (value === undefined) continue;
    const one = (item: DecodedValue, type: string, kind: string): Json => {
      if (kind === "message") {
        // The wrappers stand for their value.
        if (/^google\.protobuf\.(Int64|Bool)Value$/.test(type)) {
          const inner = (item as DecodedMessage)["value"];
          return type.endsWith("Int64Value") ? String(inner ?? 0) : inner === true;
        }
        return toProtoJson(item as DecodedMessage, type, schemas);
      }
      if (kind === "enum") {
        const names = Object.entries(schemas.enums[type]?.values ?? {});
        return names.find(([, number]) => number === item)?.[0] ?? (item as number);
      }
      if (item instanceof Uint8Array) return toBase64(item);
      if (/64$/.test(type)) return String(item);
      if (typeof item === "number" && !Number.isFinite(item)) {
        return Number.isNaN(item) ? "NaN" : item > 0 ? "Infinity" : "-Infinity";
      }
      return item as Json;
    };
    if (value instanceof Map) {
      const entry = schemas.messages[field.type]?.fields.find(({ number }) => number === 2);
      json[field.name] = Object.fromEntries(
        [...value].map(([key, item]) => [String(key), one(item, entry?.type ?? "", entry?.kind ?? "scalar")]),
      );
    } else if (Array.isArray(value))
      json[field.name] = value.map((item) => one(item, field.type, field.kind));
    else json[field.name] = one(value, field.type, field.kind);
  }
  return json;
}
