/** Every rule of every area as data, and the search for one by id or by a message (`@servable/linter/registry`). */
import { specRules } from "@servable/config-schema";
import type { RuleMeta } from "@servable/diagnostics";
import { modelRules } from "@servable/model-layout";
import { defaultVersion, parseServerFlags } from "@servable/server-flags";
import { textProtoRules as parserRules } from "@servable/text-proto";
import { type LogMatch, type LogText, logText, matchLogText } from "./explain/match-log-text.ts";
import { nearestRules } from "./explain/nearest-rules.ts";
import { type Symptom, symptoms } from "./explain/symptoms.ts";
import { checkFlags } from "./flags.ts";
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

export interface Candidate {
  readonly rule: RuleMeta;
  /** The message, or the id, that the text holds. */
  readonly matched: string;
  /** The text alone does not tell this rule from the first one. */
  readonly asLikely: boolean;
}

export interface Explanation {
  /** The rule with exactly that id. */
  readonly exact?: RuleMeta;
  /** Rules that the text may be about, best first: those whose log texts it holds, else those with a similar id. */
  readonly candidates: readonly Candidate[];
  /** Known symptoms whose messages the text holds, best first: also those that no rule can see beforehand. */
  readonly symptoms: readonly { readonly symptom: Symptom; readonly matched: string }[];
}

/** Explains a rule id, or a log line or error message as a user pastes it. */
export function explain(text: string): Explanation {
  const wanted = text.trim();
  const exact = findRule(wanted.replace(/^rules\//, ""));
  if (exact !== undefined) return { exact, candidates: [], symptoms: [] };
  const paste = logText(wanted);
  const told = rulesOfArgument(wanted);
  const byMessage = best(
    rules.map((rule) => ({
      item: rule,
      match: told.has(rule.id)
        ? surer(bestMatch(rule.logTexts ?? [], paste))
        : bestMatch(rule.logTexts ?? [], paste),
    })),
    (a, b) => areaRank(a) - areaRank(b) || firstSymptom(a) - firstSymptom(b),
  );
  const top = byMessage[0]?.match.weight ?? 0;
  const found = byMessage.map(({ item, match }) => ({
    rule: item,
    matched: match.pattern,
    asLikely: match.weight === top,
  }));
  const known = best(
    symptoms.map((symptom) => ({ item: symptom, match: bestMatch(symptom.texts, paste) })),
  ).map(({ item, match }) => ({ symptom: item, matched: match.pattern }));
  if (found.length > 0 || known.length > 0) {
    return { candidates: withSymptomRules(found, known), symptoms: known };
  }
  const similar = nearestRules(wanted, rules).map((rule, index) => ({
    rule,
    matched: rule.id,
    asLikely: index === 0,
  }));
  return { candidates: similar, symptoms: [] };
}

/**
 * Of rules with the same message, the one that is likelier to be meant comes first: what a start meets before what a
 * change of a running server does, what the server reads before what only this tool does.
 */
const areas = [
  "start",
  "flags",
  "model-config",
  "batching",
  "platform",
  "monitoring",
  "session",
  "ssl",
  "text-proto",
  "saved-model",
  "variables",
  "graph",
  "signature",
  "warmup",
  "assets",
  "layout",
  "deploy",
  "build",
  "reload",
];

/** The table of symptoms begins each area with what is seen most. */
const firstSymptom = ({ symptoms: rows = [] }: RuleMeta): number => Math.min(...rows, 1000);

function areaRank({ id }: RuleMeta): number {
  const rank = areas.indexOf(id.slice(0, id.indexOf("/")));
  return rank === -1 ? areas.length : rank;
}

/** The rules that the argument breaks which the server names in `unknown argument: …`. */
function rulesOfArgument(text: string): ReadonlySet<string> {
  const argument = /unknown argument: ?([^\n]*?)\s*(['"`]?)$/im.exec(text)?.[1];
  if (argument === undefined || argument.length > 4096) return new Set();
  const brokenBy = (argv: readonly string[]): string[] =>
    checkFlags(parseServerFlags(argv, defaultVersion)).map(({ rule }) => rule);
  const anyway = new Set(brokenBy([]));
  return new Set(brokenBy([argument]).filter((rule) => !anyway.has(rule)));
}

/** A rule that has looked at the very argument is surer than one that has the same message. */
function surer(match: LogMatch | undefined): LogMatch {
  const own = matchLogText(unknownArgument, logText(unknownArgument))?.weight ?? 1;
  return { pattern: match?.pattern ?? unknownArgument, weight: Math.max(own, match?.weight ?? 0) * 1.6 };
}

const unknownArgument = "unknown argument: …";

/** The rules of a symptom come after those that name the message themselves. */
function withSymptomRules(
  found: readonly Candidate[],
  known: readonly { symptom: Symptom; matched: string }[],
): Candidate[] {
  const all = [...found];
  for (const { symptom, matched } of known) {
    for (const rule of rulesOfSymptom(symptom.row)) {
      if (!all.some((candidate) => candidate.rule.id === rule.id)) {
        all.push({ rule, matched, asLikely: found.length === 0 });
      }
    }
  }
  return all;
}

/** The rules that catch a symptom, by its row in the table. */
export function rulesOfSymptom(row: number): RuleMeta[] {
  return rules.filter((rule) => rule.symptoms?.includes(row));
}

function bestMatch(patterns: readonly string[], text: LogText): LogMatch | undefined {
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
  ofOneWeight: (a: Item, b: Item) => number = () => 0,
): { item: Item; match: LogMatch }[] {
  const found = all
    .filter((entry): entry is { item: Item; match: LogMatch } => entry.match !== undefined)
    .sort((a, b) => b.match.weight - a.match.weight || ofOneWeight(a.item, b.item));
  const heaviest = found[0]?.match.weight ?? 0;
  return found.filter(({ match }) => match.weight >= heaviest / 2);
}
