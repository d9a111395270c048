import { checkStart, listeningPorts, modelServerShares } from "@servable/linter/start";
import type { Context } from "../cli/context.ts";
import { shownPath } from "../cli/read-input.ts";
import type { Level } from "./check-options.ts";
import type { Findings } from "./findings.ts";

/** Predicts the fate of `tensorflow_model_server ARGV`, and checks every file and folder that the flags name. */
export function checkServerStart(
  context: Context,
  findings: Findings,
  argv: readonly string[],
  level: Level,
  tfsVersion: string | undefined,
): void {
  const result = checkStart({
    argv,
    cwd: context.cwd,
    level,
    // The flags as they would be typed here and now: a port that another program has is taken.
    takenPorts: listeningPorts(),
    sharesPort: (port) => modelServerShares(port),
    now: new Date(),
    ...(tfsVersion === undefined ? {} : { tfsVersion }),
    displayPath: (path) => shownPath(context, path),
  });
  for (const [file, text] of result.texts) findings.file(file, text);
  findings.add(result.diagnostics);
  findings.countModels(result.counts.models, result.counts.versions);
  findings.outcome = result.outcome;
}
