import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { effectiveLabels } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/label-in-policy",
  summary: "a label points at a version that the policy serves",
  severity: "error",
  effect: "request-fails",
  why: "Nothing compares labels with the policy: the label is accepted (with the flag that allows it) and every request by it is answered NOT_FOUND.",
  mend: "Add the version to the policy, or move the label.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc",
    "recorded starts lab-flag-missing-version, lab-flag-outside-policy, lab-no-value",
  ],
  logTexts: ["Servable not found for request: Specific(…, …)"],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } version_labels { key: "stable" value: 2 } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: [1, 2] } } version_labels { key: "stable" value: 2 } } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.view.list?.models ?? []) {
      for (const label of effectiveLabels(model)) {
        if (!label.hasVersion) {
          yield {
            ...placeIn(context, label.span),
            message: `label "${label.label}" has no version, which means version 0`,
          };
        } else if (model.policy?.kind === "specific" && context.purpose === "file") {
          if (model.policy.versions.some((version) => version.value === label.version)) continue;
          yield {
            ...placeIn(context, label.versionSpan),
            message: `label "${label.label}" points at version ${label.version}, which the policy does not serve`,
            related: [{ message: "the policy", file: context.file, span: model.policy.span }],
          };
        }
      }
    }
  },
});
