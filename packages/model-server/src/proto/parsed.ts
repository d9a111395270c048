import { dataTypeEnumName } from "../inference/dtypes.ts";
import { ByteReader } from "../wire/reader.ts";
import { type FieldTable, MESSAGES, TYPE_SPEC_CLASSES } from "./fields.ts";

export type FieldValue = bigint | number | boolean | string | Uint8Array | ParsedMessage;

/** A message read by its table: values per field in order of appearance; map entries as [key, value]. */
export interface ParsedMessage {
  readonly type: string;
  readonly fields: ReadonlyMap<FieldTable, FieldValue[]>;
  readonly maps: ReadonlyMap<FieldTable, [string, ParsedMessage][]>;
}

const WIRE: Readonly<Record<string, number>> = { float: 5, double: 1, string: 2, bytes: 2 };

/** @throws WireError */
export function parseMessage(type: string, bytes: Uint8Array): ParsedMessage {
  const table = MESSAGES[type] ?? [];
  const fields = new Map<FieldTable, FieldValue[]>();
  const maps = new Map<FieldTable, [string, ParsedMessage][]>();
  const reader = new ByteReader(bytes);
  while (reader.next()) {
    const field = table.find(({ number }) => number === reader.field);
    if (field === undefined) {
      reader.skip();
      continue;
    }
    if (field.kind === "map") {
      const entry = new ByteReader(reader.bytes());
      let key = "";
      let value: Uint8Array = new Uint8Array(0);
      while (entry.next()) {
        if (entry.field === 1 && entry.wire === 2) key = entry.string();
        else if (entry.field === 2 && entry.wire === 2) value = entry.bytes();
        else entry.skip();
      }
      push(maps, field, [key, parseMessage(field.message ?? "", value)]);
    } else if (field.kind === "message") {
      if (reader.wire !== 2) reader.skip();
      else push(fields, field, parseMessage(field.message ?? "", reader.bytes()));
    } else {
      const wire = WIRE[field.kind] ?? 0;
      if (reader.wire === wire) push(fields, field, scalarValue(reader, field));
      else if (reader.wire === 2 && field.repeated === true && wire !== 2) {
        const packed = new ByteReader(reader.bytes());
        while (packed.at < packed.end) push(fields, field, scalarValue(packed, field));
      } else reader.skip();
    }
  }
  return { type, fields, maps };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function scalarValue(reader: ByteReader, field: FieldTable): FieldValue {
  switch (field.kind) {
    case "bool":
      return reader.uint64() !== 0n;
    case "int32":
      return reader.int32();
    case "enum":
      return enumText(field, reader.int32());
    case "uint32":
      return reader.uint32();
    case "int64":
      return reader.int64();
    case "uint64":
      return reader.uint64();
    case "sint64": {
      const value = reader.uint64();
      return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    case "string":
      return reader.string();
    default:
      return reader.bytes();
  }
}

/** An enum's name, or its number where it has none. */
function enumText(field: FieldTable, number: number): string | number {
  if (field.enumName === "DataType") return dataTypeEnumName(number) ?? number;
  return TYPE_SPEC_CLASSES[number] ?? number;
}
