import { type SchemaSet, wireTypeOf } from "@servable/text-proto";

/** What a walk over wire bytes that builds nothing needs to know of a field. */
export interface WireField {
  readonly name: string;
  readonly wireType: number;
  readonly repeated: boolean;
  /** A proto3 string, which must be UTF-8. */
  readonly text: boolean;
  /** Of a map, whose occurrences are entries with their key as field 1: the key's wire type. */
  readonly key: number | undefined;
  /** Fields of the message that it holds; absent for scalars. */
  readonly inner: FieldTable | undefined;
}

/** Fields of a message type by number. */
export type FieldTable = readonly (WireField | undefined)[];

const tables = new WeakMap<SchemaSet, Map<string, FieldTable>>();

/** Fields of a message type and of all types within, made once for a schema set. */
export function fieldTable(schemas: SchemaSet, name: string): FieldTable {
  let byName = tables.get(schemas);
  if (byName === undefined) {
    byName = new Map();
    tables.set(schemas, byName);
  }
  const known = byName.get(name);
  if (known !== undefined) return known;
  const message = schemas.messages[name];
  if (message === undefined) throw new Error(`no schema for ${name}`);
  const table: (WireField | undefined)[] = [];
  // Known before its fields are: a type may hold itself.
  byName.set(name, table);
  for (const field of message.fields) {
    table[field.number] = {
      name: field.name,
      wireType: wireTypeOf(field),
      repeated: field.repeated === true,
      text: field.type === "string",
      key: field.map === true ? keyType(schemas, field.type) : undefined,
      inner: field.kind === "message" ? fieldTable(schemas, field.type) : undefined,
    };
  }
  return table;
}

function keyType(schemas: SchemaSet, entry: string): number | undefined {
  const key = schemas.messages[entry]?.fields.find(({ number }) => number === 1);
  return key === undefined ? undefined : wireTypeOf(key);
}
