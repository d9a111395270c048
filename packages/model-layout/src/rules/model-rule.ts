import { defineRule, type Rule } from "@servable/diagnostics";
import type { CheckLevel, ModelContext, VersionContext } from "./version-context.ts";

/** A rule with the level from which on it runs. */
export type LevelledRule<Context> = Rule<Context> & { readonly level: CheckLevel };

/** A rule about one version directory. */
export function versionRule(rule: LevelledRule<VersionContext>): LevelledRule<VersionContext> {
  return { ...defineRule(rule), level: rule.level };
}

/** A rule about a base path and the names in it. */
export function basePathRule(rule: LevelledRule<ModelContext>): LevelledRule<ModelContext> {
  return { ...defineRule(rule), level: rule.level };
}

/** An example that is a folder: paths below the model's base path, with what is in each. */
export function folder(
  title: string,
  files: Readonly<Record<string, string>>,
): { title: string; files: Readonly<Record<string, string>> } {
  return { title, files };
}

/** `"name"` in one line, with control characters escaped: names on disk may hold anything. */
export const quoted = (name: string): string => JSON.stringify(name);

/** "3 files", "1 file". */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The first few of a list, quoted: `"a", "b" and 3 more`. */
export function some(names: readonly string[], limit = 3): string {
  const shown = names.slice(0, limit).map(quoted).join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
