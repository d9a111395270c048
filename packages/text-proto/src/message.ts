import type { Span } from "@servable/diagnostics";
import type { FieldSchema, MessageSchema, SchemaSet } from "./schema.ts";

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
  | ReadonlyMap<string | number | bigint | boolean, PlainValue>;

/** A field as it was written once; a short list `[1, 2]` gives one entry an item. */
export class EntryNode {
  readonly field: FieldSchema;
  readonly value: FieldValue;
  /** Name of the enum value, where the schema has one for the number. */
  readonly enumName: string | undefined;
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
    enumName?: string,
  ) {
    this.field = field;
    this.value = value;
    this.enumName = enumName;
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

/** A message as it was written: entries in order of the text, default values included, each with its place. */
export class MessageNode {
  readonly schema: MessageSchema;
  /** In order of the text. Of a singular field that is wrongly set twice both are kept. */
  readonly entries: EntryNode[] = [];
  /** UTF-16 offsets: with the braces, or the whole text for the outermost message. */
  readonly start: number;
  end: number;
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

/**
 * Plain data: only the fields that are written; repeated fields as arrays, maps as `Map` (the last of equal keys wins),
 * enums as names (numbers where the enum has no such value), an expanded Any as `{ "@type": url, … }`.
 */
export function toPlain(_message: MessageNode, _schemas?: SchemaSet): PlainMessage {
  throw new Error("not yet");
}
