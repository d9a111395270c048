/** Makes src/rules/registry.ts: every rules/<area>/<name>.ts that exports `rule`, by area and name. `--check` only compares. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../src/rules");
const areas = ["layout", "saved-model", "signature", "graph", "variables", "assets", "warmup"];
const camel = (text: string): string => text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const imports: string[] = [];
const lists: Record<"base" | "version", string[]> = { base: [], version: [] };
for (const area of areas) {
  for (const file of readdirSync(join(folder, area)).sort()) {
    const source = readFileSync(join(folder, area, file), "utf8");
    if (!source.includes("export const rule")) continue;
    const base = camel(file.replace(/\.ts$/, ""));
    const name = camel(area) + base[0]?.toUpperCase() + base.slice(1);
    imports.push(`import { rule as ${name} } from "./${area}/${file}";`);
    lists[source.includes("= basePathRule(") ? "base" : "version"].push(`  ${name},`);
  }
}
const text = `// Made by scripts/make-rule-registry.ts from the rule files: run that script instead of editing.
import type { RuleMeta } from "@servable/diagnostics";
${imports.sort((a, b) => (a.slice(a.indexOf("./")) < b.slice(b.indexOf("./")) ? -1 : 1)).join("\n")}
import type { LevelledRule } from "./model-rule.ts";
import type { ModelContext, VersionContext } from "./version-context.ts";

/** Rules about base paths and the names in them. */
export const basePathRules: readonly LevelledRule<ModelContext>[] = [
${lists.base.join("\n")}
];

/** Rules about one version directory. */
export const versionRules: readonly LevelledRule<VersionContext>[] = [
${lists.version.join("\n")}
];

/** All rules of this package, with the level from which on each runs. */
export const modelRules: readonly (RuleMeta & { readonly level: LevelledRule<VersionContext>["level"] })[] = [
  ...basePathRules,
  ...versionRules,
];
`;
const target = join(folder, "registry.ts");
if (process.argv.includes("--check")) {
  const order = (source: string): string =>
    source
      .split("\n")
      .filter((line) => line.includes("rule as "))
      .sort()
      .join("\n");
  if (order(readFileSync(target, "utf8")) !== order(text)) {
    console.error("registry.ts is not up to date: run scripts/make-rule-registry.ts");
    process.exitCode = 1;
  }
} else writeFileSync(target, text);
