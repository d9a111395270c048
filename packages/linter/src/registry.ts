/** Every rule of every area as data, and the search for one by id or by a message (`@servable/linter/registry`). */
import { specRules } from "@servable/config-schema";
import type { RuleMeta } from "@servable/diagnostics";
import { modelRules } from "@servable/model-layout";
import { textProtoRules as parserRules } from "@servable/text-proto";
import { type LogMatch, matchLogText } from "./explain/match-log-text.ts";
import { nearestRules } from "./explain/nearest-rules.ts";
import { type Symptom, symptoms } from "./explain/symptoms.ts";
import { batchingRules } from "./rules/batching/index.ts";
import { buildRules } from "./rules/build/index.ts";
import { deployRules } from "./rules/deploy/index.ts";
import { flagsRules } from "./rules/flags/index.ts";
import { modelConfigRules } from "./rules/model-config/index.ts";
import { monitoringRules } from "./rules/monitoring/index.ts";
import { platformRules } from "./rules/platform/index.ts";
import { reloadRules } from "./rules/reload/index.ts";
import { sessionRules } from "./rules/session/index.ts";
import { sslRules } from "./rules/ssl/index.ts";
import { startRules } from "./rules/start/index.ts";
import { suppressionRules } from "./rules/suppression/index.ts";
import { textProtoRules } from "./rules/text-proto/index.ts";

export { type Symptom, symptoms } from "./explain/symptoms.ts";

/** The rules of this package, without their checks. */
export const lintRules: readonly RuleMeta[] = [
  ...batchingRules,
  ...buildRules,
  ...deployRules,
  ...flagsRules,
  ...modelConfigRules,
  ...monitoringRules,
  ...platformRules,
  ...reloadRules,
  ...sessionRules,
  ...sslRules,
  ...startRules,
  ...suppressionRules,
  ...textProtoRules,
].map(metaOf);

/** Every rule that `servable check` can report, of all packages, sorted by id; each id once. */
export const rules: readonly RuleMeta[] = distinct([
  ...lintRules,
  ...parserRules,
  ...modelRules,
  ...specRules,
]);

function metaOf(rule: RuleMeta & { readonly check?: unknown }): RuleMeta {
  const { check: _check, ...meta } = rule;
  return meta;
}

function distinct(all: readonly RuleMeta[]): RuleMeta[] {
  const byId = new Map<string, RuleMeta>();
  for (const rule of all) if (!byId.has(rule.id)) byId.set(rule.id, metaOf(rule));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The rule with that id. */
export function findRule(id: string): RuleMeta | undefined {
  return rules.find((rule) => rule.id === id);
}

export interface Explanation {
  /** The rule with exactly that id. */
  readonly exact?: RuleMeta;
  /** Rules that the text may be about, best first: those whose log texts it holds, else those with a similar id. */
  readonly candidates: readonly { readonly rule: RuleMeta; readonly matched: string }[];
  /** Known symptoms whose messages the text holds, best first: also those that no rule can see beforehand. */
  readonly symptoms: readonly { readonly symptom: Symptom; readonly matched: string }[];
}

/** Explains a rule id, or a log line or error message as a user pastes it. */
export function explain(text: string): Explanation {
  const wanted = text.trim();
  const exact = findRule(wanted.replace(/^rules\//, ""));
  if (exact !== undefined) return { exact, candidates: [], symptoms: [] };
  const byMessage = best(
    rules.map((rule) => ({ item: rule, match: bestMatch(rule.logTexts ?? [], wanted) })),
  ).map(({ item, match }) => ({ rule: item, matched: match.pattern }));
  const known = best(
    symptoms.map((symptom) => ({ item: symptom, match: bestMatch(symptom.texts, wanted) })),
  ).map(({ item, match }) => ({ symptom: item, matched: match.pattern }));
  if (byMessage.length > 0 || known.length > 0) {
    return { candidates: withSymptomRules(byMessage, known), symptoms: known };
  }
  const similar = nearestRules(wanted, rules).map((rule) => ({ rule, matched: rule.id }));
  return { candidates: similar, symptoms: [] };
}

/** The rules of a symptom come after those that name the message themselves. */
function withSymptomRules(
  found: readonly { rule: RuleMeta; matched: string }[],
  known: readonly { symptom: Symptom; matched: string }[],
): { rule: RuleMeta; matched: string }[] {
  const all = [...found];
  for (const { symptom, matched } of known) {
    for (const rule of rulesOfSymptom(symptom.row)) {
      if (!all.some((candidate) => candidate.rule.id === rule.id)) all.push({ rule, matched });
    }
  }
  return all;
}

/** The rules that catch a symptom, by its row in the table. */
export function rulesOfSymptom(row: number): RuleMeta[] {
  return rules.filter((rule) => rule.symptoms?.includes(row));
}

function bestMatch(patterns: readonly string[], text: string): LogMatch | undefined {
  let top: LogMatch | undefined;
  for (const pattern of patterns) {
    const match = matchLogText(pattern, text);
    if (match !== undefined && (top === undefined || match.weight > top.weight)) top = match;
  }
  return top;
}

/** Those that match, the heaviest first; much lighter ones are chance and are left out. */
function best<Item>(
  all: readonly { item: Item; match: LogMatch | undefined }[],
): { item: Item; match: LogMatch }[] {
  const found = all
    .filter((entry): entry is { item: Item; match: LogMatch } => entry.match !== undefined)
    .sort((a, b) => b.match.weight - a.match.weight);
  const heaviest = found[0]?.match.weight ?? 0;
  return found.filter(({ match }) => match.weight >= heaviest / 2);
}
