/**
 * Makes src/generated/op-table.ts from what list-ops.py wrote:
 *
 *     npx tsx packages/model-layout/scripts/make-op-table.ts OPS_DIR
 *
 * One line for each range of releases in which a set of ops is registered, so that the table stays small.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: make-op-table.ts OPS_DIR");
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

interface Facts {
  readonly graphDefVersion: number;
  readonly ops: readonly string[];
}
const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
const order = (version: string): number => {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a * 1000 + b;
};
const releases = readdirSync(folder)
  .filter((name) => /^\d+\.\d+\.\d+\.json$/.test(name))
  .map((name) => ({ version: minor(name), facts: read(name) as Facts }))
  .sort((a, b) => order(a.version) - order(b.version));

const seen = new Map<string, { first: number; last: number }>();
releases.forEach(({ facts }, index) => {
  for (const op of facts.ops) {
    const range = seen.get(op);
    if (range === undefined) seen.set(op, { first: index, last: index });
    else range.last = index;
  }
});
const groups = new Map<string, string[]>();
for (const [op, { first, last }] of seen) {
  const key = `${first}-${last}`;
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [op]);
  else group.push(op);
}
const ranges = [...groups]
  .map(([key, ops]) => ({
    first: Number(key.split("-")[0]),
    last: Number(key.split("-")[1]),
    ops: ops.sort(),
  }))
  .sort((a, b) => a.first - b.first || b.last - a.last);

type Rule = number | { readonly fixed: number; readonly attrs: readonly string[] };
const outputs = read("outputs.json") as Record<string, Rule>;
const byCount = new Map<string, string[]>();
for (const [op, rule] of Object.entries(outputs)) {
  const key = typeof rule === "number" ? String(rule) : `${rule.fixed}+${rule.attrs.join("+")}`;
  // One output is the rule: an op of the table that no line below names has one.
  if (key === "1") continue;
  const list = byCount.get(key);
  if (list === undefined) byCount.set(key, [op]);
  else list.push(op);
}
const known = new Set(Object.keys(outputs));
const unknown = [...seen.keys()].filter((op) => !known.has(op)).sort();
byCount.set("?", unknown);

const extra = read("extra.json") as { tensorflow_text: string[]; tensorflow_decision_forests: string[] };
// Only the inference ops of Decision Forests are linked into the server (model_servers/BUILD).
const forests = extra.tensorflow_decision_forests.filter((op) =>
  /Inference|CreateModelResource|LoadModelFromPath/.test(op),
);

const text = `// Made by scripts/make-op-table.ts from the TensorFlow wheels: run that script instead of editing.

/** Releases (minor versions) that the ranges below count, with the GraphDef version that each can read. */
export const releases: readonly (readonly [release: string, graphDefVersion: number])[] = ${JSON.stringify(releases.map(({ version, facts }) => [version, facts.graphDefVersion]))};

/** Ops by range of releases (first and last, as indices into \`releases\`). */
export const ranges: readonly (readonly [first: number, last: number, ops: string])[] = [
${ranges.map(({ first, last, ops }) => `  [${first}, ${last}, ${JSON.stringify(ops.join(" "))}],`).join("\n")}
];

/** Numbers of outputs other than 1: a number, a number plus attributes that add to it, or ? where it is not known. */
export const outputCounts: readonly (readonly [count: string, ops: string])[] = [
${[...byCount].map(([count, ops]) => `  [${JSON.stringify(count)}, ${JSON.stringify(ops.sort().join(" "))}],`).join("\n")}
];

/** Ops of TensorFlow Text, which the official image links. */
export const textOps = ${JSON.stringify(extra.tensorflow_text.join(" "))};

/** Inference ops of TensorFlow Decision Forests, which the official image links since 2.11. */
export const forestOps = ${JSON.stringify(forests.join(" "))};
`;
writeFileSync(join(import.meta.dirname, "../src/generated/op-table.ts"), text);
console.log(`${seen.size} ops, ${ranges.length} ranges, ${(text.length / 1024).toFixed(1)} KiB`);
