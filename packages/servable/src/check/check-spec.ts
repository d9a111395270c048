import { dirname, join, resolve } from "node:path";
import { checkSpecText as checkSpecFindings, loadSpec, type ResolvedSpec } from "@servable/config-schema";
import { serverArgv } from "@servable/deploy-gen";
import { type Diagnostic, UserError } from "@servable/diagnostics";
import { checkStart, imageFacts } from "@servable/linter/start";
import { applySuppressions } from "@servable/linter/text-proto";
import { nodeFileSystem } from "@servable/model-layout";
import type { Context } from "../cli/context.ts";
import { absolute, readInput, shownPath } from "../cli/read-input.ts";
import { artifactsOf, hostFilesOf, type Places } from "../serving/artifact-set.ts";
import { overlayFileSystem } from "../serving/overlay-file-system.ts";
import type { CheckedFile, CheckOptions, Level } from "./check-options.ts";
import { filesReadable } from "./files-readable.ts";
import type { Findings } from "./findings.ts";
import { fixText } from "./fix-text.ts";
import { toldBySpec } from "./told-by-spec.ts";

interface CheckedSpec {
  readonly tfsVersion: string | undefined;
  /** Absolute base paths that were read. */
  readonly modelPaths: readonly string[];
}

/** Rules of the spec itself, and of the start of a server that it describes, model folders included. */
export function checkSpecText(
  context: Context,
  findings: Findings,
  read: string,
  { shown, path }: CheckedFile,
  { level, tfsVersion: serverVersion, fix }: CheckOptions,
): CheckedSpec {
  const own = path === "-" ? undefined : path;
  const check = (source: string): { readonly diagnostics: readonly Diagnostic[] } => ({
    diagnostics: applySuppressions(source, shown, checkSpecFindings(source, { file: shown })),
  });
  const { text, result } = fix
    ? fixText(context, read, shown, own, check)
    : { text: read, result: check(read) };
  findings.file(shown, text);
  findings.add(result.diagnostics);
  const { resolution } = loadSpec(text, { file: shown });
  if (resolution === undefined) return { tfsVersion: undefined, modelPaths: [] };
  const { resolved, diagnostics } = resolution;
  const tfsVersion = serverVersion ?? resolved.tfsVersion;
  const folder = path === "-" ? context.cwd : dirname(absolute(context, path));
  const modelPaths = resolved.models.flatMap((model) =>
    model.path === undefined ? [] : [resolve(folder, model.path)],
  );
  if (!diagnostics.some(({ severity }) => severity === "error")) {
    checkSpecStart(
      context,
      findings,
      resolved,
      { shown, folder, outDir: join(folder, "serving") },
      level,
      tfsVersion,
      // Also of what a comment in the spec suppresses.
      toldBySpec(checkSpecFindings(text, { file: shown }).map(({ rule }) => rule)),
    );
  }
  return { tfsVersion, modelPaths };
}

/** The start is predicted from the artifacts as they would be generated, whether they were or not. */
function checkSpecStart(
  context: Context,
  findings: Findings,
  resolved: ResolvedSpec,
  places: Places,
  level: Level,
  tfsVersion: string,
  told: ReadonlySet<string>,
): void {
  let artifacts: ReturnType<typeof artifactsOf>;
  try {
    artifacts = [...artifactsOf(context, resolved, places), ...hostFilesOf(context, resolved, places)];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    findings.add([
      {
        rule: filesReadable.id,
        severity: "error",
        message: error.message,
        ...(error.hint === undefined ? {} : { help: error.hint }),
        file: places.shown,
      },
    ]);
    return;
  }
  const encoder = new TextEncoder();
  const overlay = new Map(
    artifacts.map(({ path, contents }) => [join(places.outDir, path), encoder.encode(contents)]),
  );
  const result = checkStart({
    argv: serverArgv(resolved, { hostPaths: true, outDir: places.outDir, specFolder: places.folder }),
    cwd: context.cwd,
    fs: overlayFileSystem(nodeFileSystem, overlay),
    tfsVersion,
    level,
    now: new Date(),
    // A graph that is pinned to a GPU loads where there is one; the official images have more ops.
    image: { ...imageFacts(resolved.image.reference), gpu: resolved.image.variant === "gpu" },
    displayPath: (path) => shownPath(context, path),
  });
  for (const [file, source] of result.texts) findings.source(file, source);
  findings.add(
    result.diagnostics
      .filter(
        ({ rule, file }) => !(told.has(rule) && (overlay.has(absolute(context, file)) || file === "<flags>")),
      )
      .map((diagnostic) =>
        diagnostic.file === "<flags>" ? { ...diagnostic, file: places.shown } : diagnostic,
      ),
  );
  findings.countModels(result.counts.models, result.counts.versions);
  findings.outcome = result.outcome;
}

/** The same for a file. */
export async function checkSpecFile(
  context: Context,
  findings: Findings,
  path: string,
  options: CheckOptions,
): Promise<CheckedSpec> {
  const shown = shownPath(context, path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readInput(context, path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("spec-not-text", `${shown} is not UTF-8 text`, {
      hint: "a spec is a YAML or JSON file",
    });
  }
  return checkSpecText(context, findings, text, { shown, path }, options);
}
