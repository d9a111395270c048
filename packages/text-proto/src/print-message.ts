import { nearest } from "@servable/diagnostics";
import { compareKeys } from "./encode.ts";
import { escapeBytes, escapeText } from "./escape.ts";
import type { MapKey, PlainMessage, PlainValue } from "./message.ts";
import { integerBounds, printFloating } from "./numbers.ts";
import { type FieldSchema, findEnum, findMessage, type MessageSchema, type SchemaSet } from "./schema.ts";

export interface PrintOptions {
  /** Comment lines for the top of the file, without `#`. */
  readonly header?: string | readonly string[];
}

/**
 * Text of a plain message: fields in the order of the schema, one a line, two blanks a level; wrappers and empty
 * messages on one line; text with line breaks as one literal a line. The same value gives the same text, with a trailing
 * newline (or the empty string when there is nothing to print).
 *
 * Integers may be given as number, bigint or decimal string, enums by name or number, wrappers (`google.protobuf.Int64Value`
 * and the like) as their plain value, maps as `Map`, object or list of `{ key, value }`, an Any as
 * `{ "@type": "type.googleapis.com/…", … }` or with `type_url` and `value`. Throws a TypeError or RangeError for a value
 * that the field cannot hold: that is a mistake of the calling code.
 */
export function printMessage(
  value: PlainMessage,
  messageName: string,
  schemas: SchemaSet,
  options: PrintOptions = {},
): string {
  const schema = findMessage(schemas, messageName);
  if (schema === undefined) throw new RangeError(`no schema for message ${messageName}`);
  const header = typeof options.header === "string" ? options.header.split("\n") : (options.header ?? []);
  const lines = header.flatMap((line) => line.split(/\r?\n/)).map((line) => `# ${line}`.trimEnd());
  new Printer(schemas, lines).fields(value, schema, "", messageName);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

class Printer {
  readonly #schemas: SchemaSet;
  readonly #lines: string[];

  constructor(schemas: SchemaSet, lines: string[]) {
    this.#schemas = schemas;
    this.#lines = lines;
  }

  fields(message: PlainMessage, schema: MessageSchema, indent: string, path: string): void {
    const any = schema.name === "google.protobuf.Any" ? message["@type"] : undefined;
    if (typeof any === "string") {
      this.#any(message, any, indent, path);
      return;
    }
    for (const name of Object.keys(message)) {
      if (message[name] === undefined || schema.fields.some((field) => field.name === name)) continue;
      const suggestion = nearest(
        name,
        schema.fields.map((field) => field.name),
      );
      throw new TypeError(
        `${path}: ${schema.name} has no field ${name}${suggestion === undefined ? "" : `, did you mean ${suggestion}?`}`,
      );
    }
    for (const field of schema.fields) {
      const value = message[field.name];
      if (value !== undefined) this.#field(field, value, indent, `${path}.${field.name}`);
    }
  }

  #any(message: PlainMessage, url: string, indent: string, path: string): void {
    const schema = findMessage(this.#schemas, url.slice(url.indexOf("/") + 1));
    if (schema === undefined) throw new RangeError(`${path}: no schema for ${url}`);
    const { "@type": _, ...fields } = message;
    const { value } = fields;
    const nested = schema.name === "google.protobuf.Any" && value !== undefined && isPlainMessage(value);
    this.#block(`[${url}]`, nested ? value : fields, schema, indent, path);
  }

  #field(field: FieldSchema, value: PlainValue, indent: string, path: string): void {
    if (field.map) {
      for (const entry of mapEntries(value, path)) this.#value(field, entry, indent, path);
    } else if (field.repeated) {
      if (!Array.isArray(value)) throw new TypeError(`${path}: a repeated field takes an array`);
      for (const item of value as readonly PlainValue[]) this.#value(field, item, indent, path);
    } else this.#value(field, value, indent, path);
  }

  #value(field: FieldSchema, value: PlainValue, indent: string, path: string): void {
    if (field.kind !== "message") {
      this.#scalar(field, value, indent, path);
      return;
    }
    const schema = findMessage(this.#schemas, field.type);
    if (schema === undefined) throw new RangeError(`${path}: no schema for message ${field.type}`);
    const [only] = schema.fields;
    const wrapper =
      only?.name === "value" && schema.fields.length === 1 && field.type.startsWith("google.protobuf.");
    if (wrapper && only !== undefined) {
      const inner = isPlainMessage(value) ? value["value"] : value;
      const text = inner === undefined ? "{}" : `{ value: ${this.#text(only, inner, path)} }`;
      this.#lines.push(`${indent}${field.name} ${text}`);
      return;
    }
    if (!isPlainMessage(value)) throw new TypeError(`${path}: a message takes an object`);
    this.#block(field.name, value, schema, indent, path);
  }

  #block(name: string, value: PlainMessage, schema: MessageSchema, indent: string, path: string): void {
    const before = this.#lines.length;
    this.#lines.push(`${indent}${name} {`);
    this.fields(value, schema, `${indent}  `, path);
    if (this.#lines.length === before + 1) this.#lines[before] = `${indent}${name} {}`;
    else this.#lines.push(`${indent}}`);
  }

  #scalar(field: FieldSchema, value: PlainValue, indent: string, path: string): void {
    if (field.type === "string" && typeof value === "string" && /\n./s.test(value)) {
      this.#lines.push(`${indent}${field.name}:`);
      for (const part of value.split(/(?<=\n)/)) this.#lines.push(`${indent}  "${escapeText(part)}"`);
      return;
    }
    this.#lines.push(`${indent}${field.name}: ${this.#text(field, value, path)}`);
  }

  #text(field: FieldSchema, value: PlainValue, path: string): string {
    const wrong = (wanted: string): TypeError =>
      new TypeError(`${path}: expected ${wanted}, got ${String(value)}`);
    if (field.kind === "enum") {
      const values = findEnum(this.#schemas, field.type)?.values ?? {};
      if (typeof value === "string" && Object.hasOwn(values, value)) return value;
      if (typeof value === "number" && Number.isInteger(value)) {
        return Object.keys(values).find((name) => values[name] === value) ?? integer("int32", value, path);
      }
      throw wrong(`one of ${Object.keys(values).sort().join(", ")}`);
    }
    switch (field.type) {
      case "string":
        if (typeof value !== "string") throw wrong("a string");
        return `"${escapeText(value)}"`;
      case "bytes":
        if (!(value instanceof Uint8Array)) throw wrong("bytes");
        return `"${escapeBytes(value)}"`;
      case "bool":
        if (typeof value !== "boolean") throw wrong("a boolean");
        return String(value);
      case "double":
      case "float":
        if (typeof value !== "number") throw wrong("a number");
        return printFloating(field.type === "float" ? Math.fround(value) : value, field.type === "float");
    }
    if (typeof value !== "bigint" && typeof value !== "number" && typeof value !== "string")
      throw wrong("an integer");
    return integer(field.type, value, path);
  }
}

function integer(type: string, value: bigint | number | string, path: string): string {
  const bounds = integerBounds[type] ?? [0n, 0n];
  const digits = typeof value === "string" && !/^-?\d+$/.test(value);
  if (digits || (typeof value === "number" && !Number.isSafeInteger(value))) {
    throw new TypeError(`${path}: expected an integer (a bigint beyond 2^53), got ${value}`);
  }
  const number = BigInt(value);
  if (number < bounds[0] || number > bounds[1])
    throw new RangeError(`${path}: ${value} is out of range for ${type}`);
  return String(number);
}

const isPlainMessage = (value: PlainValue): value is PlainMessage =>
  typeof value === "object" &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  !(value instanceof Map);

/** Entries as `{ key, value }`, sorted by key unless they come as a list. */
function mapEntries(value: PlainValue, path: string): PlainMessage[] {
  if (Array.isArray(value)) return [...(value as readonly PlainMessage[])];
  if (typeof value !== "object" || value instanceof Uint8Array)
    throw new TypeError(`${path}: expected a map`);
  const pairs: [MapKey, PlainValue][] =
    value instanceof Map
      ? [...(value as ReadonlyMap<MapKey, PlainValue>)]
      : Object.entries(value as PlainMessage).flatMap(([key, item]) =>
          item === undefined ? [] : [[key, item] as [MapKey, PlainValue]],
        );
  return pairs.sort(([a], [b]) => compareKeys(a, b)).map(([key, item]) => ({ key, value: item }));
}
