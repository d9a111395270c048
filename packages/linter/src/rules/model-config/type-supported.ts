import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/type-supported",
  summary: "the deprecated model_type is not used",
  severity: "warning",
  effect: "fatal",
  why: "TENSORFLOW still works with a warning at each reading; any other value ends the start with 255.",
  mend: 'Write `model_platform: "tensorflow"` instead.',
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (GetPlatform)",
    "recorded starts cfg-type-tf, cfg-type-other",
  ],
  logTexts: [
    "ModelServerConfig::model_type choice … not supported.",
    'text format contains deprecated field "model_type"',
    "Deprecated ModelServerConfig::model_type field used. Prefer ModelServerConfig::model_platform.",
  ],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_type: TENSORFLOW } }\n',
        },
      },
      {
        files: {
          "models.config": 'model_config_list { config { name: "a" base_path: "/m/a" model_type: OTHER } }\n',
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
      if (model.type === undefined || (model.platform?.value ?? "") !== "" || model.type.value === 0)
        continue;
      const works = model.type.value === 1;
      yield {
        ...placeIn(context, model.type.field),
        ...(works ? {} : { severity: "error" as const }),
        message: works ? "model_type is deprecated" : `model_type ${model.type.value} is not supported`,
        ...(works ? {} : { fate: { stage: stage.platforms, prediction: "exits" as const } }),
        ...(works
          ? {
              fix: {
                title: 'Write model_platform: "tensorflow"',
                edits: [
                  {
                    start: model.type.field.start,
                    end: model.type.field.end,
                    newText: 'model_platform: "tensorflow"',
                  },
                ],
                safety: "safe" as const,
              },
            }
          : {}),
      };
    }
  },
});
