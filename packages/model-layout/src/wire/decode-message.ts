import { type FieldSchema, type SchemaSet, wireTypeOf } from "@servable/text-proto";
import { END_GROUP, type Int64, LENGTH, MAX_MESSAGE_DEPTH, WireError, WireReader } from "./wire-reader.ts";

/**
 * A decoded message: fields by their proto names. Singular fields that were not on the wire are absent; repeated ones
 * and maps too when empty. 64-bit integers are {@link Int64}, enums numbers, bytes views of the input, maps Maps.
 */
export type DecodedMessage = { readonly [field: string]: DecodedValue | undefined };
export type DecodedValue =
  | Int64
  | boolean
  | string
  | Uint8Array
  | DecodedMessage
  | readonly DecodedValue[]
  | ReadonlyMap<string | Int64 | boolean, DecodedValue>;

const tables = new WeakMap<SchemaSet, Map<string, ReadonlyMap<number, FieldSchema>>>();

/** Fields of a message by number, made once for a schema set. */
function fieldsOf(schemas: SchemaSet, name: string): ReadonlyMap<number, FieldSchema> {
  let byName = tables.get(schemas);
  if (byName === undefined) {
    byName = new Map();
    tables.set(schemas, byName);
  }
  let fields = byName.get(name);
  if (fields === undefined) {
    const message = schemas.messages[name];
    if (message === undefined) throw new Error(`no schema for ${name}`);
    fields = new Map(message.fields.map((field) => [field.number, field]));
    byName.set(name, fields);
  }
  return fields;
}

function scalar(reader: WireReader, field: FieldSchema): Int64 | boolean | string | Uint8Array {
  if (field.kind === "enum") return reader.int32();
  switch (field.type) {
    case "bool": {
      const value = reader.uint64();
      return value !== 0;
    }
    case "int32":
      return reader.int32();
    case "uint32":
      return reader.int32() >>> 0;
    case "int64":
      return reader.int64();
    case "uint64":
      return reader.uint64();
    case "fixed32":
      return reader.fixed32();
    case "sfixed32":
      return reader.fixed32() | 0;
    case "fixed64":
      return reader.fixed64(false);
    case "sfixed64":
      return reader.fixed64(true);
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytesField();
    default:
      throw new Error(`no decoder for ${field.type}`);
  }
}

const defaultOf = (field: FieldSchema | undefined): DecodedValue => {
  if (field === undefined || field.kind === "enum") return 0;
  if (field.kind === "message") return {};
  if (field.type === "string") return "";
  if (field.type === "bytes") return new Uint8Array(0);
  return field.type === "bool" ? false : 0;
};

/**
 * Reads wire bytes by schema, with the verdicts of the C++ parser: a field of the wrong wire type is an unknown field,
 * the last of several singular scalars wins, messages merge, strings must be UTF-8, 100 levels at most.
 * @throws WireError
 */
export function decodeMessage(
  bytes: Uint8Array,
  name: string,
  schemas: SchemaSet,
  options: DecodeOptions = {},
): DecodedMessage {
  return decode(new WireReader(bytes), name, schemas, 0, {}, options.asBytes ?? NOTHING);
}

export interface DecodeOptions {
  /** Types whose messages are given as their bytes (merged when a singular field comes twice). */
  readonly asBytes?: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

function decode(
  reader: WireReader,
  name: string,
  schemas: SchemaSet,
  depth: number,
  into: Record<string, DecodedValue | undefined>,
  asBytes: ReadonlySet<string>,
): DecodedMessage {
  if (depth > MAX_MESSAGE_DEPTH) throw new WireError("messages nested too deep", reader.at);
  const fields = fieldsOf(schemas, name);
  while (!reader.done) {
    const tag = reader.tag();
    const type = tag & 7;
    if (type === END_GROUP) throw new WireError("end of a group that never began", reader.at - 1);
    const field = fields.get(tag >>> 3);
    if (field === undefined) {
      reader.skip(tag);
      continue;
    }
    const wanted = wireTypeOf(field);
    if (field.repeated && type === LENGTH && wanted !== LENGTH) {
      const packed = reader.message();
      const list = listOf(into, field.name);
      while (!packed.done) list.push(scalar(packed, field));
      continue;
    }
    if (type !== wanted) {
      reader.skip(tag);
      continue;
    }
    if (field.map === true) {
      const entry = decode(reader.message(), field.type, schemas, depth + 1, {}, asBytes);
      const entryFields = fieldsOf(schemas, field.type);
      const map = (into[field.name] ?? new Map()) as Map<string | Int64 | boolean, DecodedValue>;
      into[field.name] = map;
      map.set(
        (entry["key"] ?? defaultOf(entryFields.get(1))) as string | Int64 | boolean,
        entry["value"] ??
          (asBytes.has(entryFields.get(2)?.type ?? "") ? new Uint8Array(0) : defaultOf(entryFields.get(2))),
      );
    } else if (field.kind === "message" && asBytes.has(field.type)) {
      const bytes = reader.bytesField();
      if (field.repeated) listOf(into, field.name).push(bytes);
      else into[field.name] = bytes;
    } else if (field.kind === "message") {
      const inner = reader.message();
      if (field.repeated) {
        listOf(into, field.name).push(decode(inner, field.type, schemas, depth + 1, {}, asBytes));
      } else {
        clearOneof(into, field, fields);
        const target = (into[field.name] ?? {}) as Record<string, DecodedValue | undefined>;
        into[field.name] = decode(inner, field.type, schemas, depth + 1, target, asBytes);
      }
    } else if (field.repeated) listOf(into, field.name).push(scalar(reader, field));
    else {
      clearOneof(into, field, fields);
      into[field.name] = scalar(reader, field);
    }
  }
  return into;
}

function listOf(into: Record<string, DecodedValue | undefined>, name: string): DecodedValue[] {
  const list = (into[name] ?? []) as DecodedValue[];
  into[name] = list;
  return list;
}

function clearOneof(
  into: Record<string, DecodedValue | undefined>,
  field: FieldSchema,
  fields: ReadonlyMap<number, FieldSchema>,
): void {
  if (field.oneof === undefined) return;
  for (const other of fields.values()) {
    if (other.oneof === field.oneof && other !== field) delete into[other.name];
  }
}
