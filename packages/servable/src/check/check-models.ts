import { checkModels } from "@servable/model-layout";
import type { Context } from "../cli/context.ts";
import { shownPath } from "../cli/read-input.ts";
import type { Findings } from "./findings.ts";

export type Level = "quick" | "graph" | "bytes";

/** Checks a model repository, one model's base path, or one version directory. */
export function checkModelFolder(
  context: Context,
  findings: Findings,
  path: string,
  level: Level,
  tfsVersion: string | undefined,
): void {
  const result = checkModels(path, {
    level,
    ...(tfsVersion === undefined ? {} : { tfsVersion }),
    displayPath: (file) => shownPath(context, file),
  });
  findings.add(result.diagnostics);
  findings.countModels(result.models, result.versions);
}
