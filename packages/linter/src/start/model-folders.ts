import type { Diagnostic, RuleMeta, Severity } from "@servable/diagnostics";
import { checkModels, modelRules } from "@servable/model-layout";
import type { FatedDiagnostic } from "../finding.ts";
import { walkBytes } from "./folder-size.ts";
import type { StartContext } from "./start-context.ts";
import { loadStep, type StartVersion } from "./start-model.ts";

/**
 * A flipped bit ends a load, so a start is not predicted without checksums where they cost nothing to speak of; larger
 * folders wait for level `bytes`.
 */
const smallFolder = 32 * 1024 * 1024;

/** What this package's own rules say about a start, with its flags in view. */
const toldElsewhere: ReadonlySet<string> = new Set([
  "signature/batches",
  "layout/path-is-base-path",
  "layout/version-name-is-plain",
]);

let rulesById: ReadonlyMap<string, RuleMeta> | undefined;

function ruleOf(id: string): RuleMeta | undefined {
  rulesById ??= new Map(modelRules.map((rule) => [rule.id, rule]));
  return rulesById.get(id);
}

/** Step of a load at which a rule of model-layout strikes. */
function stepOf(rule: string): number {
  if (rule.startsWith("layout/")) return loadStep.folder;
  if (
    rule.startsWith("saved-model/") ||
    rule === "graph/graph-is-readable" ||
    rule === "graph/constants-have-values"
  ) {
    return loadStep.read;
  }
  return rule.startsWith("warmup/") ? loadStep.warmup : loadStep.restore;
}

/** A finding about a folder alone may weigh more or less for a server whose flags are known. */
function severityHere(diagnostic: Diagnostic, context: StartContext, idle: boolean): Severity {
  // Warm-up that is off reads nothing.
  if (idle && diagnostic.severity === "error") return "warning";
  // It loads and answers the status; whether anybody wants to call it is not known here.
  if (diagnostic.rule === "signature/any-signature") return "warning";
  if (diagnostic.rule === "graph/devices-available") {
    // The memory fraction may be given to a CPU build too, which ignores it.
    return context.image?.gpu === true ? "info" : "error";
  }
  return diagnostic.severity;
}

const inVersion = (version: StartVersion, file: string): boolean =>
  file === version.path || file.startsWith(`${version.path}/`);

/** The diagnostics of the model folders that the start would load, by the rules of model-layout. */
export function checkFolders(context: StartContext, level: "quick" | "graph" | "bytes"): FatedDiagnostic[] {
  const found: FatedDiagnostic[] = [];
  for (const model of context.models) {
    for (const version of model.versions) {
      const { settings } = version;
      const result = checkModels(version.path, {
        as: "version",
        level:
          level === "graph" && walkBytes(version.path, context.files.fs) <= smallFolder ? "bytes" : level,
        fs: context.files.fs,
        tfsVersion: context.flags.version,
        tags: settings.tags,
        preferTflite: settings.preferTflite,
        batching: version.batching !== undefined,
        officialImage: context.image?.official === true,
      });
      for (const diagnostic of result.diagnostics) {
        if (toldElsewhere.has(diagnostic.rule)) continue;
        const idle = diagnostic.rule.startsWith("warmup/") && !settings.warmup;
        const severity = severityHere(diagnostic, context, idle);
        const effect = diagnostic.effect ?? ruleOf(diagnostic.rule)?.effect;
        const fails = severity === "error" && effect === "load-fails";
        found.push({
          diagnostic: {
            ...diagnostic,
            severity,
            file: inVersion(version, diagnostic.file)
              ? context.files.display(diagnostic.file)
              : diagnostic.file,
          },
          fate: undefined,
          ...(fails && !idle
            ? { load: "fails" as const, loadOf: { version, step: stepOf(diagnostic.rule) } }
            : {}),
        });
      }
    }
  }
  return found;
}
