import type { HoverText, Offer } from "./text-features.ts";

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
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** The line of the cursor, and the keys above it by indentation; `-` stands for an item of a list. */
interface YamlCursor {
  readonly path: readonly string[];
  /** The key on the cursor's line, if there is one. */
  readonly key: string | undefined;
  readonly inValue: boolean;
  readonly inComment: boolean;
  readonly word: { readonly start: number; readonly end: number };
}

const LINE = /^(\s*)((?:-\s+)*)(?:([\w$-]+)\s*:)?(.*)$/;

function yamlCursor(text: string, offset: number): YamlCursor {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", offset) === -1 ? text.length : text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd);
  const [, blanks = "", dashes = "", key] = LINE.exec(line) ?? [];
  const column = offset - lineStart;
  const keyStart = blanks.length + dashes.length;
  const colon = key === undefined ? -1 : line.indexOf(":", keyStart);
  let indent = line.trim() === "" ? column : keyStart;
  const path: string[] = [];
  if (dashes !== "") {
    path.unshift("-");
    indent = blanks.length + 0.5;
  }
  for (let at = lineStart; at > 0 && indent > 0; ) {
    // lastIndexOf takes a negative position for 0: an empty first line would be found for ever.
    const previous = at < 2 ? 0 : text.lastIndexOf("\n", at - 2) + 1;
    const above = text.slice(previous, at - 1);
    at = previous;
    if (above.trim() === "" || above.trimStart().startsWith("#")) continue;
    const [, aboveBlanks = "", aboveDashes = "", aboveKey] = LINE.exec(above) ?? [];
    const inner = aboveBlanks.length + aboveDashes.length;
    if (aboveKey !== undefined && inner < indent) {
      path.unshift(aboveKey);
      indent = inner;
    }
    if (aboveDashes !== "" && aboveBlanks.length < indent) {
      path.unshift("-");
      indent = aboveBlanks.length + 0.5;
    }
  }
  const isWord = (at: number): boolean => /[\w$-]/.test(text.charAt(at));
  const word = { start: offset, end: offset };
  while (word.start > lineStart && isWord(word.start - 1)) word.start--;
  while (word.end < lineEnd && isWord(word.end)) word.end++;
  const comment = /(?:^|\s)#/.exec(line)?.index ?? line.length;
  return { path, key, inValue: colon !== -1 && column > colon, inComment: column > comment, word };
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
export function completeSpec(text: string, offset: number, root: JsonSchema): readonly Offer[] {
  const cursor = yamlCursor(text, offset);
  if (cursor.inComment) return [];
  const schemas = walk(root, cursor.path);
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
      snippet: String(value).replaceAll("$", "\\$"),
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
    return {
      label: name,
      kind: "field",
      detail: typeOf(schema),
      documentation: schema.description ?? "",
      snippet: `${name.replaceAll("$", "\\$")}:${nested ? "\n  " : list ? "\n  - " : " "}`,
      ...cursor.word,
      deprecated: false,
    };
  });
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
  return {
    markdown: `**${cursor.key}**${type === "" ? "" : ` \`${type}\``}${described === undefined ? "" : `\n\n${described.description}`}`,
    ...cursor.word,
  };
}
