/** The fate of a start, predicted (`@servable/linter/start`). */
import { type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import { defaultVersion, parseServerFlags } from "@servable/server-flags";
import type { PredictedModel, StartCheck, StartRequest } from "./api.ts";
import { decide, type FatedDiagnostic, runLintRules, stage } from "./finding.ts";
import { type FlagsContext, typedArguments } from "./flags-context.ts";
import { flagsRules } from "./rules/flags/index.ts";
import { unreadableFate } from "./rules/start/file-readable.ts";
import { startRules } from "./rules/start/index.ts";
import { rule as retriesHideFailures } from "./rules/start/retries-hide-failures.ts";
import { gather } from "./start/gather.ts";
import { collectProblems, harmlessHere, loadFates } from "./start/judge-loads.ts";
import { checkFolders } from "./start/model-folders.ts";
import type { StartContext } from "./start/start-context.ts";
import { deciding } from "./start/start-model.ts";
import { applySuppressions } from "./suppressions.ts";

export type {
  ImageFacts,
  Mount,
  PredictedModel,
  PredictedVersion,
  StartCheck,
  StartRequest,
} from "./api.ts";
export { imageFacts } from "./deploy-context.ts";
export type { Outcome, Prediction } from "./finding.ts";
export type { ArgumentSource } from "./flags-context.ts";
export { listeningPorts, modelServerShares } from "./start/listening-ports.ts";

/** A text that the server cannot parse has the fate of an unreadable file. */
function fateOfRefused(context: StartContext, found: readonly FatedDiagnostic[]): FatedDiagnostic[] {
  const refused = new Map(
    context.named
      .filter((named) => named.linted?.accepted === false)
      .map((named) => [named.display, unreadableFate(named.kind, context.flags.version)] as const),
  );
  return found.map((item) => {
    const { diagnostic } = item;
    if (!refused.has(diagnostic.file) || diagnostic.severity !== "error") return item;
    // What the text would have meant strikes later than the refusal of the text.
    const { fate: _fate, load: _load, ...rest } = item;
    const parse = diagnostic.rule.startsWith("text-proto/");
    return { ...rest, fate: parse ? refused.get(diagnostic.file) : undefined };
  });
}

/** A config file that sets nothing is passed over: the steps that deal with models are not taken. */
function skipsModels(context: StartContext): boolean {
  const config = context.named.find((named) => named.kind === "model-server-config")?.linted;
  return config?.accepted === true && config.message.entries.length === 0;
}

/** A list that names no model: nothing is looked for or loaded, so nothing is waited for. */
function waitsForNothing(context: StartContext): boolean {
  const config = context.named.find((named) => named.kind === "model-server-config")?.linted;
  return config?.accepted === true && context.models.length === 0;
}

/** Without the fates of the steps from `first` to `last`, which this start does not take. */
function withoutSteps(first: number, last: number): (item: FatedDiagnostic) => FatedDiagnostic {
  return (item) => {
    const at = item.fate?.stage ?? 0;
    return at >= first && at <= last ? { diagnostic: item.diagnostic, fate: undefined } : item;
  };
}

/** The flags as the rules see them. */
export function flagsContext(request: StartRequest): FlagsContext {
  const options = request.cpus === undefined ? {} : { cpus: request.cpus };
  const flags =
    request.flags ?? parseServerFlags(request.argv ?? [], request.tfsVersion ?? defaultVersion, options);
  return {
    flags,
    source: request.source ?? typedArguments,
    firstUserArgument: request.firstUserArgument ?? 0,
  };
}

function predictedModels(context: StartContext): PredictedModel[] {
  return context.models.map((model) => ({
    name: model.name,
    basePath: model.basePath,
    versions: model.versions
      .map((version) => {
        const number = version.directory.version;
        return {
          version: typeof number === "bigint" ? String(number) : number,
          path: context.files.display(version.path),
          state: deciding(version.problems) === undefined ? ("AVAILABLE" as const) : ("END" as const),
        };
      })
      .reverse(),
  }));
}

/**
 * What the server of that version will do when it is started with these flags on these files, without starting it: all
 * diagnostics of the flags, of the files that they name and of the model folders, and the predicted outcome with the
 * rules responsible. Reads files, never writes; throws for no input.
 */
export function checkStart(request: StartRequest): StartCheck {
  return startOf(request).check;
}

/** As {@link checkStart}, with what was gathered. */
export function startOf(request: StartRequest): {
  readonly check: StartCheck;
  readonly context: StartContext;
} {
  const flagged = flagsContext(request);
  const { version } = flagged.flags;
  const { context, found, texts } = gather(request, flagged);
  const all: FatedDiagnostic[] = [
    ...runLintRules(flagsRules, flagged, version),
    ...fateOfRefused(context, found),
    ...runLintRules(
      startRules.filter((rule) => rule !== retriesHideFailures),
      context,
      version,
    ),
    ...checkFolders(context, request.level ?? "graph"),
  ];
  collectProblems(context, all);
  const fates = loadFates(context);
  all.push(...runLintRules([retriesHideFailures], context, version));
  const harmless = harmlessHere(context, all);
  const judged = all.map((item): FatedDiagnostic => {
    if (harmless.has(item))
      return { diagnostic: { ...item.diagnostic, severity: "warning" }, fate: item.fate };
    const fate =
      item.load === undefined && item.fate === undefined ? fates.get(item.diagnostic.rule) : undefined;
    const byLoad = item.load === undefined ? fate : fates.get(item.diagnostic.rule);
    return byLoad === undefined ? item : { ...item, fate: byLoad };
  });
  const decided = decide(
    skipsModels(context)
      ? judged.map(withoutSteps(stage.modelNames, stage.logging))
      : waitsForNothing(context)
        ? judged.map(withoutSteps(stage.loading, stage.loading))
        : judged,
  );
  let diagnostics: Diagnostic[] = judged.map((item) => item.diagnostic);
  for (const [file, text] of texts) diagnostics = applySuppressions(text, file, diagnostics);
  const check: StartCheck = {
    diagnostics: sortDiagnostics(diagnostics),
    outcome: decided,
    models: predictedModels(context),
    texts,
    counts: {
      files: texts.size,
      models: context.models.length,
      versions: context.models.reduce((sum, model) => sum + model.versions.length, 0),
    },
  };
  return { check, context };
}
