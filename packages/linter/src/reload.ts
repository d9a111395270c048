/** Would a running server accept a new config, and what would it do (`@servable/linter/reload`). */
import { type Diagnostic, sortDiagnostics } from "@servable/diagnostics";
import { defaultVersion, parseServerFlags } from "@servable/server-flags";
import type { ReloadCheck, ReloadOutcome, ReloadRequest, StartRequest, VersionChange } from "./api.ts";
import { decide, type FatedDiagnostic, runLintRules, stage } from "./finding.ts";
import { compareModels } from "./reload/compare.ts";
import type { ReloadContext } from "./reload/reload-context.ts";
import { reloadRules } from "./rules/reload/index.ts";
import { gather } from "./start/gather.ts";
import { collectProblems } from "./start/judge-loads.ts";
import { checkFolders } from "./start/model-folders.ts";
import type { StartContext } from "./start/start-context.ts";
import type { StartVersion } from "./start/start-model.ts";
import { flagsContext } from "./start.ts";
import { applySuppressions } from "./suppressions.ts";
import { lintTextProto } from "./text-proto.ts";
import { effectiveLabels, modelConfigView } from "./views/model-config-view.ts";

export type { ReloadCheck, ReloadOutcome, ReloadRequest, VersionChange } from "./api.ts";

/** A path that no flag of a user names. */
const placeholder = "/<config>";

interface Side {
  readonly start: StartContext;
  readonly found: FatedDiagnostic[];
}

function gatherSide(request: ReloadRequest, text: string, file: string): Side {
  const base = request.flags ?? parseServerFlags([], request.tfsVersion ?? defaultVersion);
  const argv = [...base.argv.filter((argument) => argument !== "--"), `--model_config_file=${placeholder}`];
  const start: StartRequest = {
    argv,
    tfsVersion: base.version,
    cwd: request.cwd,
    ...(request.fs === undefined ? {} : { fs: request.fs }),
    ...(request.mounts === undefined ? {} : { mounts: request.mounts }),
    displayPath: (path) =>
      path === placeholder ? file : (request.displayPath ?? relativeTo(request.cwd))(path),
  };
  const gathered = gather(start, flagsContext(start), {
    purpose: "reload",
    overlay: { given: placeholder, path: placeholder, text },
  });
  const found = [...gathered.found, ...checkFolders(gathered.context, "graph")];
  collectProblems(gathered.context, found);
  return { start: gathered.context, found };
}

const relativeTo =
  (cwd: string) =>
  (path: string): string => {
    const prefix = cwd.endsWith("/") ? cwd : `${cwd}/`;
    return path.startsWith(prefix) ? path.slice(prefix.length) : path;
  };

const shownVersion = (model: string, { directory }: StartVersion): VersionChange => ({
  model,
  version: typeof directory.version === "bigint" ? String(directory.version) : directory.version,
});

/**
 * What a running server does with a new model config: accepts or refuses it, loads and unloads versions, or waits for
 * ever. The state of the server is taken from the old config and the disk as it is now.
 */
export function checkReload(request: ReloadRequest): ReloadCheck {
  const before = gatherSide(request, request.oldText, request.oldFile);
  const after = gatherSide(request, request.newText, request.newFile);
  const { flags } = after.start;
  const view = (side: Side) => {
    const linted = side.start.named.find((named) => named.kind === "model-server-config")?.linted;
    return linted?.accepted === true
      ? modelConfigView(linted.message)
      : { list: undefined, custom: undefined, misread: new Set<string>() };
  };
  const accepted = after.start.named.find((named) => named.kind === "model-server-config")?.linted?.accepted;
  const oldView = view(before);
  const stored =
    request.refusedText === undefined
      ? oldView
      : modelConfigView(
          lintTextProto(request.refusedText, {
            file: request.oldFile,
            kind: "model-server-config",
            version: flags.version,
            purpose: "reload",
          }).message,
        );
  // The first list that a server gets makes it look at the folders, once at least.
  const firstList = stored.list === undefined && stored.custom === undefined;
  const pollSeconds = flags.int("file_system_poll_wait_seconds");
  const looksNoMore = pollSeconds < 0 || (pollSeconds === 0 && !firstList);
  const context: ReloadContext = {
    version: flags.version,
    file: request.newFile,
    oldFile: request.oldFile,
    newView: view(after),
    oldView,
    storedView: stored,
    newStart: after.start,
    oldStart: before.start,
    changes: compareModels(before.start, after.start, looksNoMore),
    freeLabels:
      flags.bool("allow_version_labels_for_unavailable_models") ||
      (request.flags === undefined && labelsPointNowhere(before, oldView)),
    looksNoMore,
  };
  // The model folders' own diagnostics speak for themselves; what they do to a load is told by the reload rules.
  const all: FatedDiagnostic[] = after.found.map(({ diagnostic, fate }) => ({
    diagnostic,
    fate:
      accepted === true
        ? fate
        : // A text that cannot be parsed is refused for that, whatever else is wrong in it.
          diagnostic.severity === "error" && diagnostic.rule.startsWith("text-proto/")
          ? { stage: stage.modelConfigFile, prediction: "exits" }
          : undefined,
  }));
  if (accepted === true) all.push(...runLintRules(reloadRules, context, flags.version));
  const outcome = decide(all);
  const struckAt = Math.min(
    ...all.flatMap(({ fate }) => (fate === undefined ? [] : [fate.stage])),
    Number.POSITIVE_INFINITY,
  );
  const done = struckAt >= stage.loading;
  const reload: ReloadOutcome = {
    accepted: outcome.prediction === "serves",
    wedges: outcome.prediction === "hangs",
    loads: done
      ? context.changes.flatMap(({ name, loads }) => loads.map((version) => shownVersion(name, version)))
      : [],
    unloads: done
      ? context.changes.flatMap(({ name, unloads }) => unloads.map((version) => shownVersion(name, version)))
      : [],
    because: outcome.because,
  };
  let diagnostics: Diagnostic[] = all.map(({ diagnostic }) => diagnostic);
  diagnostics = applySuppressions(request.newText, request.newFile, diagnostics);
  return {
    diagnostics: sortDiagnostics(diagnostics),
    reload,
    texts: new Map([
      [request.newFile, request.newText],
      [request.oldFile, request.oldText],
    ]),
  };
}

/** A server that got along with a label on a version that is not there was started with the flag that allows it. */
function labelsPointNowhere(side: Side, view: ReturnType<typeof modelConfigView>): boolean {
  return (view.list?.models ?? []).some((model, index) => {
    const start = side.start.models[index];
    if (start?.discovery === undefined) return false;
    return effectiveLabels(model).some(
      (label) =>
        !start.versions.some((version) => String(version.directory.version) === String(label.version)),
    );
  });
}
