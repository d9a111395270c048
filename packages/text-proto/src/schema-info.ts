import {
  type EnumSchema,
  type FieldSchema,
  findEnum,
  findMessage,
  type MessageSchema,
  type SchemaSet,
} from "./schema.ts";

/** A message schema made ready for reading: fields by name, types resolved. */
export interface MessageInfo {
  readonly schema: MessageSchema;
  readonly fields: ReadonlyMap<string, FieldInfo>;
}

export class FieldInfo {
  readonly field: FieldSchema;
  readonly index: number;
  readonly kind: FieldSchema["kind"];
  readonly repeated: boolean;
  /** Set even with a default value: messages, members of a oneof, fields declared `optional`. */
  readonly presence: boolean;
  readonly oneof: string | undefined;
  readonly #schemas: SchemaSet;
  #message: MessageInfo | undefined;

  constructor(field: FieldSchema, index: number, schemas: SchemaSet) {
    this.field = field;
    this.index = index;
    this.kind = field.kind;
    this.repeated = field.repeated === true;
    this.presence = field.kind === "message" || field.oneof !== undefined || field.presence === true;
    this.oneof = field.oneof;
    this.#schemas = schemas;
  }

  get name(): string {
    return this.field.name;
  }

  /** The message type of a message field. */
  get message(): MessageInfo | undefined {
    if (this.#message === undefined && this.kind === "message") {
      const schema = findMessage(this.#schemas, this.field.type);
      if (schema !== undefined) this.#message = infoOf(schema, this.#schemas);
    }
    return this.#message;
  }

  get enumeration(): EnumSchema | undefined {
    return this.kind === "enum" ? findEnum(this.#schemas, this.field.type) : undefined;
  }
}

const infos = new WeakMap<SchemaSet, Map<string, MessageInfo>>();

/** The ready form of a message schema; made once for each schema set. */
export function infoOf(schema: MessageSchema, schemas: SchemaSet): MessageInfo {
  let byName = infos.get(schemas);
  if (byName === undefined) {
    byName = new Map();
    infos.set(schemas, byName);
  }
  let info = byName.get(schema.name);
  if (info === undefined) {
    const fields = new Map(
      schema.fields.map((field, index) => [field.name, new FieldInfo(field, index, schemas)]),
    );
    info = { schema, fields };
    byName.set(schema.name, info);
  }
  return info;
}
