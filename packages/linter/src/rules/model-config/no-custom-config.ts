import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/no-custom-config",
  summary: "custom_model_config is not used with the stock server",
  severity: "error",
  effect: "fatal",
  why: "The stock server aborts on it at start, and refuses it by polling and by the reload call.",
  mend: "Use model_config_list.",
  evidence: [
    "tensorflow/serving model_servers/server.cc (LoadCustomModelConfig)",
    "recorded start cfg-custom-empty",
  ],
  logTexts: [
    "ModelServer does not yet support custom model config.",
    "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently supported",
  ],
  examples: {
    bad: [{ files: { "models.config": "custom_model_config {}\n" } }],
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
    if (context.view.custom === undefined) return;
    yield {
      ...placeIn(context, context.view.custom),
      message: "custom_model_config aborts the stock server",
      fate: { stage: stage.adapters, prediction: "aborts", rank: -1 },
    };
  },
});
