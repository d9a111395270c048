import { code, fenced, pageStart, prose, sentence, table } from "../markdown.ts";
import type { Page } from "./page.ts";

/** The part of JSON Schema that the spec's own schema uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

const INT64_LIMIT = 9_007_199_254_740_991;

/** The spec reference: one section a top-level key, one row a field, from the JSON Schema. */
export function specPage(schema: JsonSchema, example: string): Page {
  const root = deref(schema, schema);
  const properties = Object.entries(root.properties ?? {});
  const overview = properties.map(([name, field]) => [
    `[${code(name)}](#${anchor(name)})${(root.required ?? []).includes(name) ? " (required)" : ""}`,
    prose(sentence(deref(schema, field).description ?? "")),
  ]);
  const sections = properties.map(([name, field]) => section(schema, name, deref(schema, field)));
  const markdown = `${pageStart("The spec: servable.yaml", { outline: [2, 2] })}
# The spec: servable.yaml

One file describes the deployment. It is YAML or JSON; an unknown key is an error with a suggestion. Editors that know
JSON Schema complete and explain it: the schema is [servable.schema.json](/servable.schema.json).

${fenced(example, "yaml")}

Every value has an **origin**: written in the spec, from the chosen profile, our default (with its reason), or TensorFlow
Serving's default. What is left out and has no default of ours is not passed to the server at all.

## Overview

${table(["key", "what it says"], overview)}

${sections.join("\n\n")}
`;
  return { path: "reference/spec.md", markdown };
}

function section(root: JsonSchema, name: string, field: JsonSchema): string {
  const rows = fieldRows(root, name, field, new Set());
  const head = `## ${name} {#${anchor(name)}}\n\n${prose(sentence(field.description ?? ""))}`;
  const self = `Type: ${typeText(root, field)}.`;
  return rows.length === 0
    ? `${head}\n\n${self}`
    : `${head}\n\n${self}\n\n${table(["field", "type", "what it says"], rows)}`;
}

function fieldRows(
  root: JsonSchema,
  path: string,
  field: JsonSchema,
  seen: ReadonlySet<JsonSchema>,
): string[][] {
  if (seen.has(field)) return [];
  const inner = new Set([...seen, field]);
  const rows: string[][] = [];
  for (const variant of variants(root, field)) {
    if (variant.items !== undefined) {
      rows.push(...fieldRows(root, `${path}[]`, deref(root, variant.items), inner));
    }
    if (typeof variant.additionalProperties === "object") {
      rows.push(...fieldRows(root, `${path}.*`, deref(root, variant.additionalProperties), inner));
    }
    for (const [name, child] of Object.entries(variant.properties ?? {})) {
      const target = deref(root, child);
      const childPath = `${path}.${name}`;
      const required = (variant.required ?? []).includes(name) ? " (required)" : "";
      const fallback =
        target.default === undefined ? "" : ` Default: ${code(JSON.stringify(target.default))}.`;
      rows.push([
        `${code(childPath)}${required}`,
        typeText(root, target),
        `${prose(sentence(target.description ?? ""))}${fallback}`,
      ]);
      // A profile overlays the whole spec: its fields are those of the other sections.
      if (!path.startsWith("profiles")) rows.push(...fieldRows(root, childPath, target, inner));
    }
  }
  return unique(rows);
}

function unique(rows: readonly string[][]): string[][] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = row[0] ?? "";
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function variants(root: JsonSchema, field: JsonSchema): JsonSchema[] {
  const choices = [...(field.anyOf ?? []), ...(field.oneOf ?? []), ...(field.allOf ?? [])];
  return choices.length === 0
    ? [field]
    : [field, ...choices.flatMap((each) => variants(root, deref(root, each)))];
}

function deref(root: JsonSchema, schema: JsonSchema): JsonSchema {
  let current = schema;
  for (let hops = 0; current.$ref !== undefined && hops < 8; hops++) {
    const name = current.$ref.replace(/^#\/\$defs\//, "");
    const target = root.$defs?.[name];
    if (target === undefined) break;
    const { $ref: _, ...rest } = current;
    current = { ...target, ...rest };
  }
  return current;
}

function typeText(root: JsonSchema, field: JsonSchema): string {
  const choices = [...(field.anyOf ?? []), ...(field.oneOf ?? [])];
  if (choices.length > 0) {
    return [...new Set(choices.map((each) => typeText(root, deref(root, each))))].join(" or ");
  }
  if (field.const !== undefined) return code(JSON.stringify(field.const));
  if (field.enum !== undefined) return field.enum.map((each) => code(String(each))).join(", ");
  if (field.type === "array") {
    return `list of ${field.items === undefined ? "values" : typeText(root, deref(root, field.items))}`;
  }
  if (field.type === "object") return typeof field.additionalProperties === "object" ? "map" : "section";
  const name = Array.isArray(field.type) ? field.type.join(" or ") : (field.type ?? "value");
  return `${name === "string" ? "text" : name}${range(field)}`;
}

function range(field: JsonSchema): string {
  const low = field.minimum ?? field.exclusiveMinimum;
  const high = field.maximum !== undefined && field.maximum < 2_147_483_647 ? field.maximum : undefined;
  const atLeast = low === undefined || low <= -INT64_LIMIT ? undefined : low;
  if (atLeast !== undefined && high !== undefined) return ` ${atLeast} to ${high}`;
  if (atLeast !== undefined)
    return field.exclusiveMinimum === undefined ? `, at least ${atLeast}` : `, above ${atLeast}`;
  if (high !== undefined) return `, at most ${high}`;
  return "";
}

const anchor = (name: string): string => `key-${name.toLowerCase().replace(/[^a-z0-9]/g, "")}`;
