/** Scalar types of proto fields, named as in .proto files. */
export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** One field of a message as the text format needs it. */
export interface FieldSchema {
  readonly name: string;
  readonly number: number;
  /** A scalar type, or the full name of a message or enum (without leading dot). */
  readonly type: ScalarType | (string & {});
  readonly kind: "scalar" | "message" | "enum";
  readonly repeated?: true;
  /** Repeated scalars only: written packed on the wire (proto3 default). */
  readonly packed?: true;
  /** A map field: `type` names its entry message with fields key = 1 and value = 2. */
  readonly map?: true;
  readonly oneof?: string;
  readonly deprecated?: true;
  /** proto3 `optional` and all proto2 singular fields: presence is kept also for default values. */
  readonly presence?: true;
}

export interface MessageSchema {
  /** Full name, such as `tensorflow.serving.BatchingParameters`. */
  readonly name: string;
  readonly fields: readonly FieldSchema[];
  /** Names declared `reserved`: the parser skips such a field and its value without a word. */
  readonly reservedNames?: readonly string[];
  /** The message is the entry of a map field: key = 1, value = 2. */
  readonly mapEntry?: true;
}

export interface EnumSchema {
  readonly name: string;
  /** Value name to number, in declaration order. */
  readonly values: Readonly<Record<string, number>>;
  /** proto2: numbers outside the list are refused. */
  readonly closed?: true;
}

/** All messages and enums that a text may mention, Any types included. */
export interface SchemaSet {
  readonly messages: Readonly<Record<string, MessageSchema>>;
  readonly enums: Readonly<Record<string, EnumSchema>>;
}

/** The schema of a message by full name, or undefined; safe for any name that a user typed. */
export function findMessage(schemas: SchemaSet, name: string): MessageSchema | undefined {
  return Object.hasOwn(schemas.messages, name) ? schemas.messages[name] : undefined;
}

/** The schema of an enum by full name, or undefined. */
export function findEnum(schemas: SchemaSet, name: string): EnumSchema | undefined {
  return Object.hasOwn(schemas.enums, name) ? schemas.enums[name] : undefined;
}

const fieldsByName = new WeakMap<MessageSchema, ReadonlyMap<string, FieldSchema>>();

/** The field of a message by its exact name, or undefined. */
export function findField(message: MessageSchema, name: string): FieldSchema | undefined {
  let fields = fieldsByName.get(message);
  if (fields === undefined) {
    fields = new Map(message.fields.map((field) => [field.name, field]));
    fieldsByName.set(message, fields);
  }
  return fields.get(name);
}
