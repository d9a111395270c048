import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/versions-stay",
  summary: "a reload leaves each model a version",
  severity: "error",
  effect: "silent",
  why: "A known model is not waited for: if its new policy or base path offers no version, the reload returns OK and then every version of the model is unloaded; requests are answered NOT_FOUND.",
  mend: "Name versions that are on disk.",
  evidence: [
    "tensorflow/serving core/availability_preserving_policy.cc",
    "recorded reloads r-base-empty, r-policy-specific-empty",
  ],
  logTexts: [
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
          "new.config": exampleConfig(["m", "model_version_policy { specific { versions: 9 } }"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
          "new.config": exampleConfig(["m", "model_version_policy { specific { versions: 2 } }"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const { before, after, unloads, loaded } of context.changes) {
      if (before === undefined || after === undefined || accessOf(after) !== "found") continue;
      if (after.versions.length > 0 || unloads.length === 0 || unloads.length < loaded.length) continue;
      yield {
        ...after.place,
        message: `nothing is left of "${after.name}": the new config offers no version, so ${unloads.map((version) => version.directory.version).join(", ")} is unloaded`,
      };
    }
  },
});
