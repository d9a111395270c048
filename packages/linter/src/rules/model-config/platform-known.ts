import { nearest } from "@servable/diagnostics";
import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/platform-known",
  summary: "model_platform is one that the server has",
  severity: "error",
  effect: "fatal",
  why: "The stock server knows `tensorflow` only (in lower case), with a platform config file the keys in that file; any other name ends the start with 255.",
  mend: 'Write `model_platform: "tensorflow"`.',
  evidence: [
    "tensorflow/serving model_servers/server_core.cc",
    "recorded starts cfg-platform-case, cfg-platform-2",
  ],
  logTexts: ["Model … requests unsupported platform …"],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "TensorFlow" } }\n',
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
      const platform = model.platform;
      if (platform === undefined || platform.value === "") {
        // The old type TENSORFLOW means the platform of that name.
        if (model.type?.value !== 1 || context.platforms.has("tensorflow")) continue;
        yield {
          ...placeIn(context, model.type.field),
          message: `model "${nameOf(model)}" asks for the platform "tensorflow" by its model_type, which the platform config file does not have`,
          fate: { stage: stage.platforms, prediction: "exits" },
        };
        continue;
      }
      if (context.platforms.has(platform.value)) continue;
      // A file by itself may belong to a server with a platform config file.
      const near = nearest(platform.value, context.platforms);
      yield {
        ...placeIn(context, platform.span),
        message: `model "${nameOf(model)}" asks for the platform "${platform.value}", which the server does not have${near === undefined ? "" : `; did you mean "${near}"?`}`,
        fate: { stage: stage.platforms, prediction: "exits" },
        ...(near === "tensorflow"
          ? {
              fix: {
                title: 'Write "tensorflow"',
                edits: [{ ...platform.span, newText: '"tensorflow"' }],
                safety: "safe" as const,
              },
            }
          : {}),
      };
    }
  },
});
