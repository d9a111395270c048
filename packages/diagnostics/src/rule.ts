import type { Diagnostic, Effect, Severity } from "./diagnostic.ts";

/**
 * An input of a rule's documentation and tests, as a user would hand it to `servable check`: files by their path, and
 * what is known about the machine. With `<flags>` (one argument a line) a start is checked; with `old.config` and
 * `new.config` a reload, where `<flags>` are those of the running server; else each file by itself.
 */
export interface RuleExample {
  readonly title?: string;
  readonly files: Readonly<Record<string, string>>;
  /** Files that are no text, as base64, by path. */
  readonly binaries?: Readonly<Record<string, string>>;
  /** Files of so many zero bytes, by path: weights, whose content does not matter. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** TFS version of the server; default the newest one that servable takes for granted. */
  readonly tfsVersion?: string;
  /** Rules that the same mistake breaks too; a bad example breaks no others. */
  readonly also?: readonly string[];
  /** What the rule has to know about the machine. */
  readonly machine?: {
    /** TCP ports on which something listens. */
    readonly takenPorts?: readonly number[];
    /** Those of them that a model server of the same user holds with SO_REUSEPORT. */
    readonly sharedPorts?: readonly number[];
    /** Instruction sets of the CPU, as /proc/cpuinfo names them. */
    readonly cpuFeatures?: readonly string[];
    /** `x64`, `arm64` … */
    readonly architecture?: string;
    /** Mode bits and owners, by path; other paths are open to all. */
    readonly permissions?: Readonly<
      Record<string, { readonly mode: number; readonly uid: number; readonly gid: number }>
    >;
    /** The day, as `2026-01-31`. */
    readonly today?: string;
  };
}

/** Everything that is said about a rule: `servable explain`, `servable rules`, the docs pages and the tests read it. */
export interface RuleMeta {
  /** `area/what-must-hold`, kebab-case, equal to the rule's file path below `rules/`; stable for ever. */
  readonly id: string;
  /** One sentence without full stop. */
  readonly summary: string;
  readonly severity: Severity;
  /** Of its findings, unless one says otherwise. */
  readonly effect: Effect;
  /** First TFS version it holds for; absent: all known ones. */
  readonly since?: string;
  /** First TFS version it no longer holds for. */
  readonly until?: string;
  readonly why: string;
  /** How to mend it. */
  readonly mend: string;
  /** Where the fact comes from: upstream file, issue thread, or a recorded run. */
  readonly evidence: readonly string[];
  /** Texts that the server or a client prints for this mistake, as users paste them (`…` stands for anything). */
  readonly logTexts?: readonly string[];
  /** Row numbers of the symptom table in the reference that this rule catches. */
  readonly symptoms?: readonly number[];
  readonly fixable?: boolean;
  readonly examples?: { readonly bad: readonly RuleExample[]; readonly good: readonly RuleExample[] };
}

/** What a rule reports; the runner adds rule id and, unless given, severity. */
export type Finding = Omit<Diagnostic, "rule" | "severity"> & { readonly severity?: Severity };

/** A rule with its check over a context that belongs to its area (flags, a text proto, a model folder, a spec). */
export interface Rule<Context> extends RuleMeta {
  check(context: Context): Iterable<Finding>;
}

/** Identity with types: keeps rule files free of annotations. */
export function defineRule<Context>(rule: Rule<Context>): Rule<Context> {
  return rule;
}

/** Runs rules over one context, in registry order. */
export function* runRules<Context>(rules: Iterable<Rule<Context>>, context: Context): Generator<Diagnostic> {
  for (const rule of rules) {
    for (const finding of rule.check(context)) {
      yield { ...finding, rule: rule.id, severity: finding.severity ?? rule.severity };
    }
  }
}
