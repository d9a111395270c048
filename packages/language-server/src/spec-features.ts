import { fieldDoc } from "@servable/protos/field-docs";
import type { HoverText, Offer } from "./text-features.ts";
import { yamlCursor } from "./yaml-cursor.ts";

/** The part of JSON Schema that the spec's schema uses. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** All schemas that a node may follow. */
function branches(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const own =
    schema.$ref === undefined
      ? schema
      : (root.definitions?.[schema.$ref.replace("#/definitions/", "")] ?? schema);
  return [
    own,
    ...[...(own.anyOf ?? []), ...(own.oneOf ?? []), ...(own.allOf ?? [])].flatMap((each) =>
      branches(each, root),
    ),
  ];
}

function step(schemas: readonly JsonSchema[], part: string, root: JsonSchema): readonly JsonSchema[] {
  return schemas.flatMap((schema) => {
    if (part === "-") return schema.items === undefined ? [] : branches(schema.items, root);
    const found =
      schema.properties?.[part] ??
      (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
    return found === undefined ? [] : branches(found, root);
  });
}

const walk = (root: JsonSchema, path: readonly string[]): readonly JsonSchema[] =>
  path.reduce<readonly JsonSchema[]>((schemas, part) => step(schemas, part, root), branches(root, root));

const typeOf = (schema: JsonSchema): string =>
  [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) => each.type ?? []).join(" or ");

/** Keys and values that the spec's schema allows at an offset. */
export function completeSpec(text: string, offset: number, root: JsonSchema, json = false): readonly Offer[] {
  const cursor = yamlCursor(text, offset);
  if (cursor.inComment) return [];
  const schemas = walk(root, cursor.path);
  const quoted = text.charAt(cursor.word.start - 1) === '"';
  const written = (value: unknown): string =>
    json && !quoted && typeof value === "string" ? JSON.stringify(value) : String(value);
  if (cursor.inValue && cursor.key !== undefined) {
    const values = new Set(
      step(schemas, cursor.key, root).flatMap((schema) => [
        ...(schema.enum ?? []),
        ...(schema.const === undefined ? [] : [schema.const]),
        ...(schema.type === "boolean" ? [true, false] : []),
      ]),
    );
    return [...values].map((value) => ({
      label: String(value),
      kind: "value",
      detail: "",
      documentation: "",
      snippet: written(value).replaceAll("$", "\\$"),
      ...cursor.word,
      deprecated: false,
    }));
  }
  const offers = new Map<string, JsonSchema>();
  for (const schema of schemas)
    for (const [name, property] of Object.entries(schema.properties ?? {})) offers.set(name, property);
  return [...offers].map(([name, schema]) => {
    const all = branches(schema, root);
    const nested = all.some(
      (each) =>
        each.properties !== undefined ||
        (typeof each.additionalProperties === "object" && each.type === "object"),
    );
    const list = all.some((each) => each.items !== undefined);
    const colon = cursor.inFlow || json ? ": " : nested ? ":\n  " : list ? ":\n  - " : ": ";
    return {
      label: name,
      kind: "field",
      detail: typeOf(schema),
      documentation: schema.description ?? "",
      snippet: `${written(name).replaceAll("$", "\\$")}${quoted ? "" : colon}`,
      ...cursor.word,
      deprecated: false,
    };
  });
}

/** What a value may be, as far as the schema knows. */
function allowed(schemas: readonly JsonSchema[]): string | undefined {
  const values = schemas.flatMap((schema) => [
    ...(schema.enum ?? []),
    ...(schema.const === undefined ? [] : [schema.const]),
  ]);
  if (values.length > 0)
    return `One of ${[...new Set(values)].map((value) => `\`${String(value)}\``).join(", ")}.`;
  const range = schemas.find(({ minimum }) => minimum !== undefined);
  if (range === undefined) return undefined;
  // Beyond 2^53 is no bound that anybody chose.
  const open = range.maximum === undefined || range.maximum >= Number.MAX_SAFE_INTEGER;
  return open ? `At least ${range.minimum}.` : `From ${range.minimum} to ${range.maximum}.`;
}

/** Keys under `batching` stand for fields of BatchingParameters: their unit, and what holds where they are not set. */
function ofBatching(path: readonly string[], key: string): string[] {
  if (path.at(-1) !== "batching") return [];
  const field = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const doc = fieldDoc("tensorflow.serving.BatchingParameters", field);
  if (doc === undefined) return [];
  return [
    `Written as \`${field}\` into the batching parameters.`,
    ...(doc.unit === undefined ? [] : [`Unit: ${doc.unit}.`]),
    ...(doc.unset === undefined ? [] : [`Not set: ${doc.unset}.`]),
  ];
}

/** Description of the key at an offset. */
export function hoverSpec(text: string, offset: number, root: JsonSchema): HoverText | undefined {
  const cursor = yamlCursor(text, offset);
  if (
    cursor.key === undefined ||
    cursor.inValue ||
    text.slice(cursor.word.start, cursor.word.end) !== cursor.key
  )
    return undefined;
  const found = step(walk(root, cursor.path), cursor.key, root);
  const described = found.find((schema) => schema.description !== undefined);
  if (found.length === 0) return undefined;
  const type = [...new Set(found.map(typeOf).filter((text) => text !== ""))].join(" or ");
  const range = allowed(found);
  const markdown = [
    `**${cursor.key}**${type === "" ? "" : ` \`${type}\``}`,
    ...(described?.description === undefined ? [] : [described.description]),
    ...(range === undefined ? [] : [range]),
    ...ofBatching(cursor.path, cursor.key),
  ].join("\n\n");
  return { markdown, ...cursor.word };
}
