import type { Span } from "@servable/diagnostics";
import type { FieldSchema, MessageSchema } from "./schema.ts";

/** 64-bit integers are bigint, all other numbers and enums number, strings text (see `textOfBytes`), bytes Uint8Array. */
export type FieldValue = bigint | number | boolean | string | Uint8Array | MessageNode;

/** A message as plain data with snake_case field names; what {@link toPlain} gives and `printMessage` takes. */
export interface PlainMessage {
  readonly [field: string]: PlainValue | undefined;
}
export type PlainValue =
  | bigint
  | number
  | boolean
  | string
  | Uint8Array
  | PlainMessage
  | readonly PlainValue[]
  | ReadonlyMap<MapKey, PlainValue>;

/** A field as it was written once; a short list `[1, 2]` gives one entry an item. */
export class EntryNode {
  readonly field: FieldSchema;
  readonly value: FieldValue;
  /** Name of the enum value, where the schema has one for the number. */
  readonly enumName: string | undefined;
  /** The value was written `-nan`: the sign shows in the wire form, but no JavaScript number has it. */
  readonly negativeNan: boolean;
  /** UTF-16 offsets of the field's name. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** UTF-16 offsets of the value (with its braces or quotes). */
  readonly valueStart: number;
  readonly valueEnd: number;

  constructor(
    field: FieldSchema,
    value: FieldValue,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    enumName: string | undefined = undefined,
    negativeNan = false,
  ) {
    this.field = field;
    this.value = value;
    this.enumName = enumName;
    this.negativeNan = negativeNan;
    this.nameStart = nameStart;
    this.nameEnd = nameEnd;
    this.valueStart = valueStart;
    this.valueEnd = valueEnd;
  }

  get nameSpan(): Span {
    return { start: this.nameStart, end: this.nameEnd };
  }

  get valueSpan(): Span {
    return { start: this.valueStart, end: this.valueEnd };
  }

  /** From the name to the end of the value. */
  get span(): Span {
    return { start: this.nameStart, end: this.valueEnd };
  }
}

/** An expanded `google.protobuf.Any`: `[type.googleapis.com/some.Message] { … }`. */
export interface AnyNode {
  /** For example `type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig`. */
  readonly typeUrl: string;
  readonly message: MessageNode;
  readonly nameSpan: Span;
}

const none: readonly EntryNode[] = [];
const allRead: ReadonlySet<string> = new Set();

/** A message as it was written: entries in order of the text, default values included, each with its place. */
export class MessageNode {
  readonly schema: MessageSchema;
  /** In order of the text. Of a singular field that is wrongly set twice both are kept. */
  entries: readonly EntryNode[] = none;
  /** UTF-16 offsets: with the braces, or the whole text for the outermost message. */
  readonly start: number;
  end: number;
  /**
   * Names of fields that the text means to set here, but whose value could not be read or whose name is misspelt (then
   * the name that was probably meant): rules about absent fields had better leave these alone.
   */
  misread: ReadonlySet<string> = allRead;
  /** Only in a google.protobuf.Any that was written in expanded form. */
  any: AnyNode | undefined = undefined;

  constructor(schema: MessageSchema, start: number, end: number) {
    this.schema = schema;
    this.start = start;
    this.end = end;
  }

  /** Full name of the message type. */
  get type(): string {
    return this.schema.name;
  }

  get span(): Span {
    return { start: this.start, end: this.end };
  }

  /** The entry of a singular field, or the last one of a repeated field. */
  get(field: string): EntryNode | undefined {
    return this.entries.findLast((entry) => entry.field.name === field);
  }

  /** All entries of a field, in order of the text. */
  getAll(field: string): EntryNode[] {
    return this.entries.filter((entry) => entry.field.name === field);
  }

  /** Whether the field is written, with whatever value. */
  has(field: string): boolean {
    return this.get(field) !== undefined;
  }

  /** The sub-message of a singular field. */
  message(field: string): MessageNode | undefined {
    const value = this.get(field)?.value;
    return value instanceof MessageNode ? value : undefined;
  }

  /** The sub-messages of a repeated field (the entries of a map, each with fields `key` and `value`). */
  messages(field: string): MessageNode[] {
    return this.getAll(field)
      .map((entry) => entry.value)
      .filter((value) => value instanceof MessageNode);
  }
}

/** The value of an entry for plain data; messages are filled in by the caller. */
function plainScalar(entry: EntryNode): PlainValue {
  const { value } = entry;
  if (value instanceof MessageNode) return {};
  return entry.enumName ?? value;
}

/**
 * Plain data: only the fields that are written; repeated fields as arrays, maps as `Map` (the last of equal keys wins),
 * enums as names (numbers where the enum has no such value), an expanded Any as `{ "@type": url, … }` (an Any inside an
 * Any as `{ "@type": url, value: { … } }`).
 */
export function toPlain(message: MessageNode): PlainMessage {
  const root: Record<string, PlainValue> = {};
  const stack: { node: MessageNode; into: Record<string, PlainValue> }[] = [{ node: message, into: root }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, into } = next;
    const convert = (entry: EntryNode): PlainValue => {
      if (!(entry.value instanceof MessageNode)) return plainScalar(entry);
      const inner: Record<string, PlainValue> = {};
      stack.push({ node: entry.value, into: inner });
      return inner;
    };
    if (node.any !== undefined) {
      plainAny(node, node.any, into, stack);
      continue;
    }
    for (const entry of node.entries) {
      const { field, value } = entry;
      if (field.map && value instanceof MessageNode) {
        const map = (into[field.name] ?? new Map()) as Map<MapKey, PlainValue>;
        into[field.name] = map;
        const inner = value.get("value");
        map.set(mapKey(value), inner === undefined ? defaultOf(value.schema) : convert(inner));
      } else if (field.repeated) {
        const list = (into[field.name] ?? []) as PlainValue[];
        into[field.name] = list;
        list.push(convert(entry));
      } else into[field.name] = convert(entry);
    }
  }
  return root;
}

function plainAny(
  node: MessageNode,
  any: AnyNode,
  into: Record<string, PlainValue>,
  stack: { node: MessageNode; into: Record<string, PlainValue> }[],
): void {
  // An empty content may be followed by the bytes in `value`, which then count.
  const bytes = node.get("value")?.value;
  if (bytes instanceof Uint8Array && bytes.length > 0) {
    into["type_url"] = any.typeUrl;
    into["value"] = bytes;
    return;
  }
  into["@type"] = any.typeUrl;
  let content = into;
  if (any.message.type === node.type) {
    content = {};
    into["value"] = content;
  }
  stack.push({ node: any.message, into: content });
}

export type MapKey = string | number | bigint | boolean;

/** The key of a map entry; absent means its type's default. */
export function mapKey(entry: MessageNode): MapKey {
  const key = entry.get("key")?.value;
  if (key !== undefined && !(key instanceof Uint8Array) && !(key instanceof MessageNode)) return key;
  const type = entry.schema.fields.find((field) => field.number === 1)?.type ?? "string";
  return type === "string" ? "" : type === "bool" ? false : type.endsWith("64") ? 0n : 0;
}

function defaultOf(entry: MessageSchema): PlainValue {
  const field = entry.fields.find((candidate) => candidate.number === 2);
  if (field === undefined || field.kind === "message") return {};
  if (field.kind === "enum") return 0;
  if (field.type === "string") return "";
  if (field.type === "bytes") return new Uint8Array(0);
  if (field.type === "bool") return false;
  return field.type.endsWith("64") ? 0n : 0;
}

/** Whether proto3 takes a scalar for not set. */
export function isDefault(value: FieldValue): boolean {
  switch (typeof value) {
    case "bigint":
      return value === 0n;
    case "number":
      return Object.is(value, 0);
    case "boolean":
      return !value;
    case "string":
      return value === "";
    default:
      return value instanceof Uint8Array && value.length === 0;
  }
}
