import type { Diagnostic, Finding, RuleMeta } from "@servable/diagnostics";
import { versionWithin } from "@servable/server-flags";

/** What becomes of a start: see `outcome` in the CLI contract. */
export type Prediction = "serves" | "serves-partially" | "exits" | "aborts" | "hangs";

/**
 * Steps of the server's start in the order in which it takes them; the first step that goes wrong decides.
 * Source: tensorflow/serving `model_servers/main.cc`, `server.cc`, `server_core.cc`; recorded starts of 2.17.1.
 */
export const stage = {
  flags: 10,
  version: 20,
  grpcEndpoint: 30,
  credentials: 31,
  modelSource: 32,
  modelConfigFile: 40,
  batchingFile: 41,
  sessionFile: 42,
  parallelism: 43,
  platformFile: 44,
  threadPools: 50,
  modelNames: 60,
  basePaths: 61,
  labels: 62,
  platforms: 63,
  adapters: 64,
  /** Base paths are polled and every model is waited for; {@link decide} orders what can go wrong in it. */
  loading: 70,
  logging: 75,
  threadPoolFile: 80,
  sslFile: 90,
  grpcStart: 91,
  monitoringFile: 100,
  restStart: 101,
  serving: 110,
} as const;

/** What a finding does to the start, if it does something to it. */
export interface Fate {
  /** Step at which it strikes, from {@link stage}. */
  readonly stage: number;
  readonly prediction: Exclude<Prediction, "serves">;
  /** Orders fates of one stage; the lowest decides. */
  readonly rank?: number;
}

/** What a lint rule reports: a finding, and the fate of a start that has it. */
export type LintFinding = Finding & {
  readonly fate?: Fate;
  /** What it does to every load of a version that it concerns (batching settings, platform settings). */
  readonly load?: "aborts" | "fails";
  /** The one version and the step of its load that it concerns; without it, every load that uses the file or flag. */
  readonly loadOf?: LoadOf;
};

/** A version of a start, and the step of its load. */
export interface LoadOf {
  readonly version: object;
  readonly step: number;
}

/** A rule of this package. */
export interface LintRule<Context> extends RuleMeta {
  check(context: Context): Iterable<LintFinding>;
}

/** Identity with types. */
export function defineLintRule<Context>(rule: LintRule<Context>): LintRule<Context> {
  return rule;
}

/** A diagnostic with the fate of the start that has it. */
export interface FatedDiagnostic {
  readonly diagnostic: Diagnostic;
  readonly fate: Fate | undefined;
  readonly load?: "aborts" | "fails";
  readonly loadOf?: LoadOf;
}

/** The help of a finding that brings none of its own. */
export function ruleHelp(rule: RuleMeta): string {
  return `${rule.why} ${rule.mend}`;
}

/** Runs the rules that hold for the version, in registry order. */
export function* runLintRules<Context>(
  rules: Iterable<LintRule<Context>>,
  context: Context,
  version: string,
): Generator<FatedDiagnostic> {
  for (const rule of rules) {
    if (!versionWithin(version, rule.since, rule.until)) continue;
    for (const { fate, load, loadOf, ...finding } of rule.check(context)) {
      yield {
        diagnostic: {
          help: ruleHelp(rule),
          ...finding,
          rule: rule.id,
          severity: finding.severity ?? rule.severity,
        },
        fate,
        ...(load === undefined ? {} : { load }),
        ...(loadOf === undefined ? {} : { loadOf }),
      };
    }
  }
}

/** Adds any number of items: as arguments of one call there may be a hundred thousand at most. */
export function append<Item>(into: Item[], items: Iterable<Item>): void {
  for (const item of items) into.push(item);
}

/** A predicted fate and the rules responsible. */
export interface Outcome {
  readonly prediction: Prediction;
  readonly because: readonly string[];
}

const struckBefore = (a: Fate, b: Fate): boolean =>
  a.stage !== b.stage ? a.stage < b.stage : (a.rank ?? 0) < (b.rank ?? 0);

/** The fate that strikes first, with every rule that strikes at the same moment in the same way. */
export function decide(fated: Iterable<FatedDiagnostic>): Outcome {
  let first: Fate | undefined;
  const all: { fate: Fate; rule: string }[] = [];
  for (const { diagnostic, fate } of fated) {
    if (fate === undefined) continue;
    all.push({ fate, rule: diagnostic.rule });
    if (first === undefined || struckBefore(fate, first)) first = fate;
  }
  const deciding = first;
  if (deciding === undefined) return { prediction: "serves", because: [] };
  const because = all
    .filter(
      ({ fate }) =>
        fate.prediction === deciding.prediction &&
        fate.stage === deciding.stage &&
        (fate.rank ?? 0) === (deciding.rank ?? 0),
    )
    .map(({ rule }) => rule);
  return { prediction: deciding.prediction, because: [...new Set(because)].sort() };
}
