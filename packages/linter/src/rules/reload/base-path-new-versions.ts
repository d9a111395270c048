import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

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
  examples: {
    bad: [
      {
        title: "the version in the new place has the old number",
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"]).replace("/models/m", "/models/n"),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"]).replace("/models/m", "/models/n"),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
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
