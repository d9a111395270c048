import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { effectiveLabels } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/label-stays",
  summary: "a labelled version is pinned by the policy",
  severity: "warning",
  effect: "request-fails",
  why: "Under the policy latest a label dangles as soon as a newer version replaces the labelled one; without `--allow_version_labels_for_unavailable_models` the server then also refuses every later application of the same file, with all other edits in it.",
  mend: "Use `specific { versions: … }` with the labelled versions.",
  evidence: ["recorded reload r-label-latest-dangles"],
  logTexts: ["Servable not found for request: Specific(…, …)"],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" version_labels { key: "stable" value: 1 } } }\n',
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
      const kind = model.policy?.kind ?? "none";
      if (kind === "specific" || kind === "all") continue;
      for (const label of effectiveLabels(model)) {
        if (!label.hasVersion) continue;
        yield {
          ...placeIn(context, label.versionSpan),
          message: `label "${label.label}" dangles as soon as a version newer than ${label.version} appears (policy latest)`,
        };
      }
    }
  },
});
