import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/label-name",
  summary: "a label has a name that URLs can hold",
  severity: "warning",
  effect: "request-fails",
  why: "An empty label is accepted but cannot be asked for; slashes and colons must be percent-encoded in REST URLs, and servers before 2.5 take letters, digits and `_` only.",
  mend: "Use letters, digits and `_`.",
  evidence: [
    "tensorflow/serving model_servers/http_rest_api_util.cc",
    "recorded starts lab-empty-key, lab-odd-key",
  ],
  symptoms: [27],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } version_labels { key: "" value: 1 } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } version_labels { key: "stable" value: 1 } } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.view.list?.models ?? []) {
      for (const label of model.labels) {
        if (label.label !== "" && !/[/:\s?#%]/.test(label.label)) continue;
        yield {
          ...placeIn(context, label.span),
          message:
            label.label === ""
              ? "a label has no name"
              : `label "${label.label}" must be percent-encoded in REST URLs`,
        };
      }
    }
  },
});
