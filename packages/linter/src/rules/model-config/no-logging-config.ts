import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/no-logging-config",
  summary: "logging_config is not used with the stock server",
  severity: "error",
  effect: "fatal",
  why: "The stock server has no request logger: after all models were loaded it exits with 255; a reload changes the models and then reports the error. Even an empty `logging_config {}` does it.",
  mend: "Remove it, or build a server with a request logger.",
  evidence: [
    "tensorflow/serving core/server_request_logger.cc",
    "tensorflow/serving#408, #1846",
    "recorded start cfg-logging, reload r-logging",
  ],
  logTexts: ["No request-logger-creator provided."],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" logging_config {} } }\n',
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
      if (model.loggingConfig === undefined) continue;
      yield {
        ...placeIn(context, model.loggingConfig),
        message: `model "${nameOf(model)}" has a logging_config, which the stock server cannot use`,
        fate: { stage: stage.logging, prediction: "exits" },
      };
    }
  },
});
