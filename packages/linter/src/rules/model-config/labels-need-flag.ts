import { compareVersions } from "@servable/server-flags";
import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/labels-need-flag",
  summary: "labels in a start-up config come with allow_version_labels_for_unavailable_models",
  severity: "error",
  effect: "fatal",
  why: "Labels are applied before any model is loaded, so at the start every label points at an unavailable version and the server exits with 255, unless the flag allows that.",
  mend: "Start with `--allow_version_labels_for_unavailable_models=true` (from 1.15), or add the labels by a second reload.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (UpdateModelVersionLabelMap)",
    "tensorflow/serving#1230, #1608",
    "recorded start lab-noflag",
  ],
  logTexts: [
    "Request to assign label to version … of model …, which is not currently available for inference",
  ],
  symptoms: [26],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_config_file=models.config\n--rest_api_port=8501\n--file_system_poll_wait_seconds=60",
          "models.config":
            'model_config_list { config { name: "a" base_path: "gs://m/a" model_platform: "tensorflow" model_version_policy { specific { versions: 1 } } version_labels { key: "stable" value: 1 } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
  },
  *check(context) {
    if (context.purpose === "reload") return;
    const { flags } = context;
    if (flags?.bool("allow_version_labels_for_unavailable_models") === true) return;
    for (const model of context.view.list?.models ?? []) {
      const first = model.labels[0];
      if (first === undefined) continue;
      const impossible = compareVersions(context.version, "1.15.0-rc0") < 0;
      yield {
        ...placeIn(context, first.span),
        ...(flags === undefined ? { severity: "info" as const } : {}),
        message:
          flags === undefined
            ? `labels of "${nameOf(model)}" need --allow_version_labels_for_unavailable_models=true when a server starts with this file`
            : impossible
              ? `TensorFlow Serving ${context.version} cannot start with the labels of "${nameOf(model)}"`
              : `the start fails at the labels of "${nameOf(model)}": --allow_version_labels_for_unavailable_models is off`,
        ...(flags === undefined ? {} : { fate: { stage: stage.labels, prediction: "exits" as const } }),
      };
    }
  },
});
