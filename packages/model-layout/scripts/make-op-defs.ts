/**
 * Makes src/generated/op-defs.ts from what list-op-defs.py wrote for each release:
 *
 *     npx tsx packages/model-layout/scripts/make-op-defs.ts DEFS_DIR
 *
 * One line an op, as its newest release defines it: `name|inputs|outputs|attributes|from|deprecated`. Releases are indices
 * into `defReleases`.
 *
 * - inputs and outputs: blank-separated `name:type`, with `&` before the type of a reference, `N*type` for a run of N
 *   tensors, `@T` for a list of types; a type is an attribute's name or a DataType number. Names of inputs are left out.
 * - attributes: blank-separated `name:kind`, `?` where it has a default (with the value of a number or type after it),
 *   `>=n` for a least value or length, `{n}` for the allowed values in `valueSets`, `+r` and `!r` for the first release
 *   that has it and the first that no longer does.
 * - from: the first release from which inputs, outputs and attributes are as in the line (but for added attributes).
 * - deprecated: the GraphDef version from which on graphs must not use it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: make-op-defs.ts DEFS_DIR");

interface Arg {
  readonly name: string;
  readonly type: number;
  readonly type_attr: string;
  readonly number_attr: string;
  readonly type_list_attr: string;
  readonly ref: boolean;
}
interface Attr {
  readonly name: string;
  readonly type: string;
  readonly has_default: boolean;
  readonly default: unknown;
  readonly min: number | null;
  readonly allowed: readonly (string | number)[] | null;
}
interface Def {
  readonly inputs: readonly Arg[];
  readonly outputs: readonly Arg[];
  readonly attrs: readonly Attr[];
  readonly deprecated: number | null;
}

const order = (version: string): number => {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a * 1000 + b;
};
const files = readdirSync(folder)
  .filter((name) => /^\d+\.\d+\.\d+\.json$/.test(name))
  .sort((a, b) => order(a) - order(b));
const releases = files.map((name) => name.split(".").slice(0, 2).join("."));
const byRelease = files.map(
  (name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, Def>,
);

const sets = new Map<string, number>();
const setOf = (values: readonly (string | number)[]): number => {
  const key = values.join(" ");
  const known = sets.get(key);
  if (known !== undefined) return known;
  sets.set(key, sets.size);
  return sets.size - 1;
};

/** Kinds in one letter, a list in a capital one. */
const KINDS: Readonly<Record<string, string>> = {
  string: "s",
  int: "i",
  float: "f",
  bool: "b",
  type: "t",
  shape: "h",
  tensor: "n",
  func: "u",
};
const kindOf = (type: string): string => {
  const list = /^list\((.*)\)$/.exec(type)?.[1];
  const letter = KINDS[list ?? type];
  if (letter === undefined) throw new Error(`attribute type ${type}`);
  return list === undefined ? letter : letter.toUpperCase();
};

const argOf = (arg: Arg): string =>
  (arg.number_attr === "" ? "" : `${arg.number_attr}*`) +
  (arg.ref ? "&" : "") +
  (arg.type_list_attr !== ""
    ? `@${arg.type_list_attr}`
    : arg.type_attr !== ""
      ? arg.type_attr
      : `${arg.type}`);

const attrOf = (attr: Attr): string => {
  const value = attr.type === "int" || attr.type === "type" ? `${attr.default ?? ""}` : "";
  return (
    `${attr.name}:${kindOf(attr.type)}` +
    (attr.has_default ? `?${value}` : "") +
    (attr.min === null ? "" : `>=${attr.min}`) +
    (attr.allowed === null ? "" : `{${setOf(attr.allowed)}}`)
  );
};

const shapeOf = (def: Def, attrs: ReadonlySet<string>): string =>
  JSON.stringify([
    def.inputs.map(argOf),
    def.outputs.map((arg) => [arg.name, argOf(arg)]),
    def.attrs
      .filter(({ name }) => attrs.has(name))
      .map(attrOf)
      .sort(),
    def.deprecated,
  ]);

const names = new Set(byRelease.flatMap((defs) => Object.keys(defs)).filter((name) => !name.startsWith("_")));
const lines: string[] = [];
for (const name of [...names].sort()) {
  const there = byRelease.map((defs) => defs[name]);
  const last = there.findLastIndex((def) => def !== undefined);
  const def = there[last]!;
  const first = there.findIndex((other) => other !== undefined);
  const has = (release: number, attr: string): boolean =>
    there[release]?.attrs.some((other) => other.name === attr) ?? false;
  const attrs: string[] = def.attrs.map((attr) => {
    let since = last;
    while (since > first && (there[since - 1] === undefined || has(since - 1, attr.name))) since--;
    return attrOf(attr) + (since > first ? `+${since}` : "");
  });
  // Attributes of older releases only: known by name and kind there.
  for (let release = last - 1; release >= first; release--) {
    for (const attr of there[release]?.attrs ?? []) {
      if (def.attrs.some((other) => other.name === attr.name)) continue;
      if (attrs.some((text) => text.startsWith(`${attr.name}:`))) continue;
      attrs.push(`${attr.name}:${kindOf(attr.type)}?!${release + 1}`);
    }
  }
  let from = last;
  while (from > first) {
    const before = there[from - 1];
    if (before !== undefined) {
      const common = new Set(before.attrs.map((attr) => attr.name));
      const known = new Set(def.attrs.map((attr) => attr.name).filter((attr) => common.has(attr)));
      if (shapeOf(before, known) !== shapeOf(def, known) || before.attrs.length > known.size) break;
    }
    from--;
  }
  const fields = [
    name,
    def.inputs.map(argOf).join(" "),
    def.outputs.map((arg) => `${arg.name}:${argOf(arg)}`).join(" "),
    attrs.join(" "),
    from > first ? `${from}` : "",
    def.deprecated === null ? "" : `${def.deprecated}`,
  ];
  lines.push(fields.join("|").replace(/\|+$/, ""));
}

const text = `// Made by scripts/make-op-defs.ts from the TensorFlow wheels: run that script instead of editing.

/** Releases (minor versions) that the lines below count. */
export const defReleases = ${JSON.stringify(releases)} as const;

/** Allowed values of attributes: DataType numbers or strings, blank-separated. */
export const valueSets: readonly string[] = ${JSON.stringify([...sets.keys()])};

/** One line an op; scripts/make-op-defs.ts tells the form. */
export const opDefs = ${JSON.stringify(lines.join("\n"))};
`;
writeFileSync(join(import.meta.dirname, "../src/generated/op-defs.ts"), text);
console.log(`${lines.length} ops, ${sets.size} value sets, ${(text.length / 1024).toFixed(1)} KiB`);
