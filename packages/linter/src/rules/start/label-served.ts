import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/label-served",
  summary: "every label points at a version that will be served",
  severity: "error",
  effect: "request-fails",
  why: "With `--allow_version_labels_for_unavailable_models` nothing compares a label with the policy or the disk: the start succeeds and every request by the label is answered NOT_FOUND.",
  mend: "Move the label to a served version, or add the version to the policy.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc",
    "recorded starts lab-flag-missing-version, lab-flag-outside-policy",
  ],
  logTexts: ["Servable not found for request: Specific(…, …)"],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--prefer_tflite_model=true\n--allow_version_labels_for_unavailable_models=true\n--model_config_file=models.config",
          "models.config":
            'model_config_list { config { name: "m" base_path: "/models/m" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } version_labels { key: "stable" value: 2 } } }\n',
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite },
      },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--prefer_tflite_model=true\n--allow_version_labels_for_unavailable_models=true\n--model_config_file=models.config",
          "models.config":
            'model_config_list { config { name: "m" base_path: "/models/m" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } version_labels { key: "stable" value: 1 } } }\n',
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      if (accessOf(model) !== "found" || model.versions.length === 0) continue;
      for (const label of model.labels) {
        const served = model.versions.some(
          ({ directory }) => String(directory.version) === String(label.version),
        );
        if (served || !label.hasVersion) continue;
        const there = model.discovery?.versions.some(
          ({ version }) => String(version) === String(label.version),
        );
        yield {
          file: model.place.file,
          span: label.versionSpan,
          message: `label "${label.label}" of "${model.name}" points at version ${label.version}, which ${there ? "the policy does not serve" : "is not on disk"}`,
        };
      }
    }
  },
});
