import { type FieldDoc, fieldDoc } from "@servable/protos/field-docs";
import type { EnumSchema, FieldSchema, MessageSchema, SchemaSet } from "@servable/text-proto";
import { textCursor } from "./text-cursor.ts";

/** An offer at the cursor. */
export interface Offer {
  readonly label: string;
  readonly kind: "field" | "value";
  readonly detail: string;
  readonly documentation: string;
  /** Snippet syntax of the language server protocol. */
  readonly snippet: string;
  readonly start: number;
  readonly end: number;
  readonly deprecated: boolean;
}

/** Markdown at the cursor, and what it is about. */
export interface HoverText {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

const isWrapper = (type: string): boolean =>
  /^google\.protobuf\.(Int64|Int32|UInt64|UInt32|Bool|String|Double|Float|Bytes)Value$/.test(type);

const shortType = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

function typeText(field: FieldSchema): string {
  return `${field.repeated && !field.map ? "repeated " : ""}${field.map ? "map" : shortType(field.type)}`;
}

function docText(doc: FieldDoc | undefined): string {
  if (doc === undefined) return "";
  const lines = [doc.text];
  if (doc.unit !== undefined) lines.push(`Unit: ${doc.unit}.`);
  if (doc.unset !== undefined) lines.push(`Not set: ${doc.unset}.`);
  return lines.join("\n\n");
}

function fieldSnippet(field: FieldSchema, schemas: SchemaSet): string {
  if (field.map) return `${field.name} { key: \${1} value: \${2} }`;
  if (field.kind === "message") {
    if (isWrapper(field.type)) return `${field.name} { value: \${1} }`;
    return schemas.messages[field.type]?.fields.length === 0
      ? `${field.name} {}`
      : `${field.name} {\n  \${0}\n}`;
  }
  return field.type === "string" || field.type === "bytes"
    ? `${field.name}: "\${1}"`
    : `${field.name}: \${1}`;
}

function fieldOffers(
  message: MessageSchema,
  present: ReadonlySet<string>,
  schemas: SchemaSet,
): readonly FieldSchema[] {
  const takenOneofs = new Set(
    message.fields
      .filter((field) => field.oneof !== undefined && present.has(field.name))
      .map((field) => field.oneof),
  );
  return message.fields.filter(
    (field) =>
      (field.repeated || !present.has(field.name)) &&
      (field.oneof === undefined || !takenOneofs.has(field.oneof)) &&
      (field.kind !== "message" || schemas.messages[field.type] !== undefined),
  );
}

/** What platform_config_file holds on stock servers. */
const anyContents = ["type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig"];

/** Fields and values that may be written at an offset. */
export function completeText(
  text: string,
  offset: number,
  root: string,
  schemas: SchemaSet,
): readonly Offer[] {
  const cursor = textCursor(text, offset, root, schemas);
  if (cursor === undefined) return [];
  const { message, field, place, word } = cursor;
  if (place === "value") {
    if (field === undefined) return [];
    const enumSchema: EnumSchema | undefined = field.kind === "enum" ? schemas.enums[field.type] : undefined;
    const values =
      enumSchema !== undefined
        ? Object.keys(enumSchema.values)
        : field.type === "bool"
          ? ["true", "false"]
          : field.name === "model_platform"
            ? ['"tensorflow"']
            : [];
    return values.map((value) => ({
      label: value,
      kind: "value",
      detail: shortType(field.type),
      documentation: "",
      snippet: value.replaceAll("$", "\\$"),
      ...word,
      deprecated: false,
    }));
  }
  const offers: Offer[] = [];
  if (message.name === "google.protobuf.Any" && cursor.present.size === 0) {
    for (const url of anyContents) {
      offers.push({
        label: `[${url}]`,
        kind: "field",
        detail: shortType(url),
        documentation: "The content of this google.protobuf.Any, by its type.",
        snippet: `[${url}] {\n  \${0}\n}`,
        ...word,
        deprecated: false,
      });
    }
  }
  const fields = fieldOffers(message, cursor.present, schemas).map(
    (each): Offer => ({
      label: each.name,
      kind: "field",
      detail: typeText(each),
      documentation: docText(fieldDoc(message.name, each.name)),
      snippet: fieldSnippet(each, schemas),
      ...word,
      deprecated: each.deprecated === true,
    }),
  );
  return [...offers, ...fields];
}

/** Meaning, unit and default of the field whose name is at an offset. */
export function hoverText(
  text: string,
  offset: number,
  root: string,
  schemas: SchemaSet,
): HoverText | undefined {
  const cursor = textCursor(text, offset, root, schemas);
  if (cursor?.field === undefined || cursor.place !== "name" || cursor.word.start === cursor.word.end)
    return undefined;
  const { field, message, word } = cursor;
  const doc = docText(fieldDoc(message.name, field.name));
  const deprecated = field.deprecated ? " (deprecated)" : "";
  return {
    markdown: `**${field.name}** \`${typeText(field)}\`${deprecated} of \`${shortType(message.name)}\`${doc === "" ? "" : `\n\n${doc}`}`,
    ...word,
  };
}
