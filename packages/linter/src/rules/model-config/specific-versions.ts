import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/specific-versions",
  summary: "specific names versions, each once",
  severity: "error",
  effect: "hangs",
  why: "`specific {}` serves nothing: a start waits for ever with its ports closed, a reload unloads what runs. A version named twice makes an internal error in the log.",
  mend: "Name the versions to serve.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded start pol-specific-empty, reload r-policy-specific-empty",
  ],
  logTexts: [
    "No specific versions requested for servable ….",
    "Internal error: Unable to transfer servable …",
  ],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific {} } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.view.list?.models ?? []) {
      const { policy } = model;
      if (policy?.kind !== "specific") continue;
      if (policy.versions.length === 0 && !policy.misread.has("versions")) {
        yield {
          ...placeIn(context, policy.span),
          message: `specific {} of "${nameOf(model)}" names no version: nothing is served`,
          // A reload waits for new models only, which its own rules tell.
          ...(context.purpose === "reload"
            ? {}
            : { fate: { stage: stage.loading, prediction: "hangs" as const, rank: 30 } }),
        };
      }
      const seen = new Set<bigint>();
      for (const version of policy.versions) {
        if (seen.has(version.value)) {
          yield {
            ...placeIn(context, version.span),
            severity: "warning",
            message: `version ${version.value} is named twice`,
          };
        }
        seen.add(version.value);
      }
    }
  },
});
