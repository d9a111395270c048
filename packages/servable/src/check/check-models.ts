import { checkModels, type FoundModels, nodeFileSystem } from "@servable/model-layout";
import type { Context } from "../cli/context.ts";
import { shownPath } from "../cli/read-input.ts";
import type { CheckOptions } from "./check-options.ts";
import type { Findings } from "./findings.ts";
import { checkProgress, type Progress } from "./progress.ts";

/** Checks a model repository, one model's base path, or one version directory. */
export function checkModelFolder(
  context: Context,
  findings: Findings,
  path: string,
  { level, tfsVersion }: Pick<CheckOptions, "level" | "tfsVersion">,
  found?: FoundModels,
  progress: Progress = checkProgress(context),
): void {
  const result = progress.during(() =>
    checkModels(path, {
      level,
      fs: nodeFileSystem,
      ...(tfsVersion === undefined ? {} : { tfsVersion }),
      ...(found === undefined ? {} : { found }),
      onTotal: progress.total,
      onBytes: progress.bytes,
      onVersions: progress.versions,
    }),
  );
  const shown = (file: string): string => shownPath(context, file);
  findings.add(
    result.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      file: shown(diagnostic.file),
      ...(diagnostic.related === undefined
        ? {}
        : { related: diagnostic.related.map((related) => ({ ...related, file: shown(related.file) })) }),
    })),
  );
  findings.countModels(result.models, result.versions);
}
