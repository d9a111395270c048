import { type LevelledRule, versionRule } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";

/**
 * A rule about files that only restoring reads: what would fail the load is a warning where the graph restores nothing.
 */
export function variablesRule(rule: LevelledRule<VersionContext>): LevelledRule<VersionContext> {
  return versionRule({
    ...rule,
    *check(context) {
      let harmless: boolean | undefined;
      for (const diagnostic of rule.check(context)) {
        harmless ??= context.restoresNothing;
        yield harmless && (diagnostic.severity ?? rule.severity) === "error"
          ? {
              ...diagnostic,
              severity: "warning",
              help: "The graph restores no variable, so the model loads all the same; but the file is not what was exported. Copy the export again.",
            }
          : diagnostic;
      }
    },
  });
}
