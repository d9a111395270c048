import {
  type FieldSchema,
  type MessageSchema,
  parse,
  type SchemaSet,
  TokenKind,
  type ValueNode,
} from "@servable/text-proto";

/** Where a cursor is in a text proto, in terms of its schema. */
export interface TextCursor {
  /** Message whose fields may be written here. */
  readonly message: MessageSchema;
  /** The field whose value is being written, or whose name the cursor is on. */
  readonly field: FieldSchema | undefined;
  readonly place: "name" | "value";
  /** Names of the fields that are set in this message. */
  readonly present: ReadonlySet<string>;
  /** The word under or before the cursor, to be replaced by a completion. */
  readonly word: { readonly start: number; readonly end: number };
}

const findField = (message: MessageSchema, name: string): FieldSchema | undefined =>
  message.fields.find((field) => field.name === name);

/** Finds the message and field at a UTF-16 offset; undefined inside comments and strings, or where no schema is known. */
export function textCursor(
  text: string,
  offset: number,
  root: string,
  schemas: SchemaSet,
): TextCursor | undefined {
  const document = parse(text);
  const { tokens } = document;
  const startOf = (token: number): number => (token <= 0 ? 0 : (tokens.ends[token - 1] ?? 0));
  const endOf = (token: number): number => tokens.ends[token] ?? text.length;

  let word = { start: offset, end: offset };
  for (let token = 0; token < tokens.count; token++) {
    const start = startOf(token);
    const end = endOf(token);
    if (start > offset) break;
    const kind = tokens.kinds[token];
    if (kind === TokenKind.Identifier && offset <= end) word = { start, end };
    if (
      (kind === TokenKind.Comment && offset > start && offset <= end) ||
      (kind === TokenKind.String && offset > start && offset < end)
    ) {
      return undefined;
    }
  }

  let message = schemas.messages[root];
  let fields = document.fields;
  let field: FieldSchema | undefined;
  let place: TextCursor["place"] = "name";
  const within = (value: ValueNode): boolean =>
    value.kind !== "scalar" &&
    offset >= endOf(value.first) &&
    (!value.closed || offset <= startOf(value.last));
  /** The innermost list, or the first message, around the offset. */
  const bodyAt = (value: ValueNode | undefined): ValueNode | undefined => {
    let found: ValueNode | undefined;
    for (let at = value; at !== undefined && within(at); ) {
      found = at;
      at = at.kind === "list" ? at.items.find(within) : undefined;
    }
    return found;
  };
  for (;;) {
    if (message === undefined) return undefined;
    field = undefined;
    place = "name";
    let inside: { readonly fields: typeof fields; readonly message: MessageSchema | undefined } | undefined;
    for (const [index, node] of fields.entries()) {
      const schema = node.nameKind === "name" ? findField(message, node.name) : undefined;
      const type =
        node.nameKind === "url"
          ? node.name.slice(node.name.lastIndexOf("/") + 1)
          : schema?.kind === "message"
            ? schema.type
            : undefined;
      const body = bodyAt(node.value);
      if (body?.kind === "message") {
        inside = { fields: body.fields, message: type === undefined ? undefined : schemas.messages[type] };
        break;
      }
      if (startOf(node.first) <= offset && offset <= endOf(node.nameLast)) {
        field = schema;
        break;
      }
      if (node.colon === -1 || offset < endOf(node.colon)) continue;
      const next = fields[index + 1];
      const value = node.value;
      const { colon } = node;
      const sameLine = (): boolean => !text.slice(endOf(colon), offset).includes("\n");
      const inValue =
        body !== undefined ||
        (value === undefined
          ? (next === undefined || offset < startOf(next.first)) && sameLine()
          : value.kind === "scalar" && offset <= endOf(value.last));
      if (inValue) {
        field = schema;
        place = "value";
      }
    }
    if (inside === undefined) break;
    fields = inside.fields;
    message = inside.message;
  }
  const present = new Set(
    fields
      .filter((node) => !(startOf(node.first) <= offset && offset <= endOf(node.nameLast)))
      .map((node) => node.name),
  );
  return { message, field, place, present, word };
}
