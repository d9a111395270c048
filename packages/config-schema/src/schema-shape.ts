import type * as z from "zod";

/** The parts of zod's schema tree that messages and editors need. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly format?: string;
  readonly checks?: readonly z.core.$ZodCheck<never>[];
}

interface Limit {
  readonly check: string;
  readonly value: number;
  readonly inclusive?: boolean;
}

const definition = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition;

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  for (let next = definition(inner).innerType; next !== undefined; next = definition(inner).innerType)
    inner = next;
  return inner;
}

function alternatives(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const inner = unwrap(schema);
  const options = definition(inner).options;
  return options === undefined ? [inner] : options.flatMap(alternatives);
}

/** The schemas that may hold at that path (several where a union allows several). */
export function schemasAt(root: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  let current: readonly z.core.$ZodType[] = [root];
  for (const step of path) {
    current = current.flatMap(alternatives).flatMap((schema) => {
      const { shape, element, valueType } = definition(schema);
      if (shape !== undefined) {
        const child = Object.hasOwn(shape, step) ? shape[String(step)] : undefined;
        return child === undefined ? [] : [child];
      }
      const child = typeof step === "number" ? (element ?? valueType) : valueType;
      return child === undefined ? [] : [child];
    });
  }
  return current;
}

/** Keys that a mapping at that path may have, sorted; empty where any key may stand. */
export function keysAt(root: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const keys = new Set<string>();
  for (const schema of schemasAt(root, path).flatMap(alternatives)) {
    for (const key of Object.keys(definition(schema).shape ?? {})) keys.add(key);
  }
  return [...keys].sort();
}

/** What the field at that path means, from the schema's own description. */
export function descriptionAt(root: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  for (const schema of schemasAt(root, path)) {
    for (
      let inner: z.core.$ZodType | undefined = schema;
      inner !== undefined;
      inner = definition(inner).innerType
    ) {
      const description = (inner as z.ZodType).description;
      if (description !== undefined) return description;
    }
  }
  return undefined;
}

function list(parts: readonly string[]): string {
  if (parts.length <= 1) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} or ${parts[parts.length - 1]}`;
}

function numberText(schema: z.core.$ZodType): string {
  const { format, checks = [] } = definition(schema);
  const limits: string[] = [];
  for (const check of checks) {
    const { check: kind, value, inclusive } = check._zod.def as unknown as Limit;
    if (kind === "greater_than") limits.push(inclusive ? `from ${value}` : `above ${value}`);
    else if (kind === "less_than") limits.push(inclusive ? `to ${value}` : `below ${value}`);
  }
  const noun = format === "safeint" ? "a whole number" : "a number";
  return limits.length === 0 ? noun : `${noun} ${limits.join(" ")}`;
}

/** What may stand here, in words: `a whole number from 1 to 65535, or false`. */
export function expectedText(schemas: readonly z.core.$ZodType[]): string {
  const words = new Set<string>();
  for (const schema of schemas.flatMap(alternatives)) {
    const { type, values, entries } = definition(schema);
    if (type === "string") words.add("text");
    else if (type === "number") words.add(numberText(schema));
    else if (type === "boolean") words.add("true").add("false");
    else if (type === "object" || type === "record") words.add("a mapping");
    else if (type === "array") words.add("a list");
    else if (type === "enum") for (const entry of Object.values(entries ?? {})) words.add(String(entry));
    else if (type === "literal") for (const value of values ?? []) words.add(String(value));
    else words.add("a value");
  }
  return list([...words]);
}
