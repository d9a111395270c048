import type { FatedDiagnostic } from "../finding.ts";
import { stage } from "../finding.ts";
import { patienceMs, type StartContext } from "./start-context.ts";
import { accessOf, deciding, type LoadProblem, loadStep, type StartVersion } from "./start-model.ts";

/** Even a small model takes about so long to load: retries that are over sooner end the wait with their failure. */
const quickestLoadMs = 100;

const signatureCount = (version: StartVersion): number =>
  version.saved?.metaGraph(version.settings.tags)?.signatures.size ?? 0;

/** Fills the `problems` of every version from what was found about it, its batching file, its platform and the flags. */
export function collectProblems(context: StartContext, found: readonly FatedDiagnostic[]): void {
  const versions = context.models.flatMap((model) => model.versions);
  for (const { diagnostic, load, loadOf } of found) {
    if (load === undefined) continue;
    if (loadOf !== undefined) {
      versions
        .find((version) => version === loadOf.version)
        ?.problems.push({ rule: diagnostic.rule, kind: load, step: loadOf.step });
    } else if (diagnostic.rule.startsWith("batching/")) {
      for (const version of versions) {
        const file =
          version.ownFile?.display ??
          (version.settings.perModelBatching ? undefined : version.settings.batching?.file);
        if (file !== diagnostic.file) continue;
        // Without signatures no queue is made at the load.
        if (load === "aborts" && signatureCount(version) === 0) continue;
        const step =
          diagnostic.rule === "batching/allowed-sizes-end-at-max" ? loadStep.batching : loadStep.queue;
        version.problems.push({ rule: diagnostic.rule, kind: load, step });
      }
    } else if (/^(?:flags|session)\//.test(diagnostic.rule)) {
      for (const version of versions) {
        version.problems.push({ rule: diagnostic.rule, kind: load, step: loadStep.session });
      }
    }
  }
  for (const version of versions) {
    const { refusedBy, abortedBy } = version.settings;
    if (refusedBy !== undefined)
      version.problems.push({ rule: refusedBy, kind: "fails", step: loadStep.read });
    if (abortedBy !== undefined)
      version.problems.push({ rule: abortedBy, kind: "aborts", step: loadStep.session });
    const { ownFile } = version;
    if (ownFile?.linted !== undefined && !ownFile.linted.accepted) {
      const own = ownFile.linted.found.find(({ diagnostic }) => diagnostic.severity === "error");
      const rule = own?.diagnostic.rule ?? "start/per-model-file-present";
      version.problems.push({ rule, kind: "fails", step: loadStep.batching });
    }
  }
}

/** What the loads do to the start, by rule: the fate that their diagnostics get. */
export function loadFates(context: StartContext): ReadonlyMap<string, NonNullable<FatedDiagnostic["fate"]>> {
  const fates = new Map<string, NonNullable<FatedDiagnostic["fate"]>>();
  // While one base path cannot be listed, nothing is loaded at all.
  if (context.models.some((model) => accessOf(model) === "inaccessible")) return fates;
  const failures: LoadProblem[] = [];
  for (const model of context.models) {
    const causes = model.versions.map((version) => deciding(version.problems));
    for (const cause of causes) {
      if (cause?.kind === "aborts")
        fates.set(cause.rule, { stage: stage.loading, prediction: "aborts", rank: 20 });
    }
    const failing = causes.filter((cause) => cause?.kind === "fails");
    // With retries a version that loads is there first, and the start succeeds once the retries are over.
    const rescued =
      failing.length < causes.length && context.retryMs >= quickestLoadMs && context.retryMs <= patienceMs;
    if (!rescued) failures.push(...failing.filter((cause) => cause !== undefined));
  }
  for (const { rule } of failures) {
    if (fates.has(rule)) continue;
    fates.set(
      rule,
      context.retryMs > patienceMs
        ? { stage: stage.loading, prediction: "hangs", rank: 40 }
        : { stage: stage.loading, prediction: "exits", rank: 50 },
    );
  }
  return fates;
}

/** Rules whose consequence for a load strikes no version of this start: their diagnostics are warnings then. */
export function harmlessHere(
  context: StartContext,
  found: readonly FatedDiagnostic[],
): ReadonlySet<FatedDiagnostic> {
  const versions = context.models.flatMap((model) => model.versions);
  const harmless = new Set<FatedDiagnostic>();
  if (versions.length === 0) return harmless;
  for (const item of found) {
    const { diagnostic, load, loadOf } = item;
    if (load !== "aborts" || loadOf !== undefined || !diagnostic.rule.startsWith("batching/")) continue;
    if (versions.some((version) => version.problems.some((problem) => problem.rule === diagnostic.rule)))
      continue;
    if (versions.every((version) => version.saved !== undefined)) harmless.add(item);
  }
  return harmless;
}
