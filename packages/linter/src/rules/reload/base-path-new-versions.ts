import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/base-path-new-versions",
  summary: "a new base path brings new version numbers",
  severity: "error",
  effect: "silent",
  why: "The server compares versions by number only: one that serves already stays as it was loaded from the old path.",
  mend: "Publish the model under a higher number, or give it a new name.",
  evidence: [
    "tensorflow/serving core/aspired_versions_manager.cc",
    "recorded reloads r-base-same-version, r-base-swap",
  ],
  examples: { bad: [], good: [] },
  *check(context) {
    for (const { before, after, loaded } of context.changes) {
      if (before === undefined || after === undefined || before.basePath === after.basePath) continue;
      const same = after.versions.filter((version) =>
        loaded.some((other) => String(other.directory.version) === String(version.directory.version)),
      );
      if (same.length === 0) continue;
      yield {
        ...after.place,
        message: `version ${same.map((version) => version.directory.version).join(", ")} of "${after.name}" stays as loaded from ${before.basePath}`,
      };
    }
  },
});
