import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/platform-or-type",
  summary: "model_platform and model_type are not both set",
  severity: "error",
  effect: "fatal",
  why: "The server exits with 255 when a model has both.",
  mend: "Drop the deprecated model_type.",
  evidence: ["tensorflow/serving model_servers/server_core.cc (GetPlatform)", "recorded start cfg-both"],
  logTexts: [
    "Illegal setting both ModelServerConfig::model_type (deprecated) and ModelServerConfig::model_platform, model name is …",
    "Deprecated ModelServerConfig::model_type field used. Prefer ModelServerConfig::model_platform.",
  ],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" model_type: TENSORFLOW } }\n',
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
    for (const model of context.view.list?.models ?? []) {
      if (model.type === undefined || model.type.value === 0 || (model.platform?.value ?? "") === "")
        continue;
      yield {
        ...placeIn(context, model.type.field),
        message: `model "${nameOf(model)}" has both model_platform and model_type`,
        fate: { stage: stage.platforms, prediction: "exits" },
        fix: {
          title: "Remove model_type",
          edits: [{ start: model.type.field.start, end: model.type.field.end, newText: "" }],
          safety: "safe",
        },
      };
    }
  },
});
