import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { modelPlace, nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/platform-set",
  summary: "each model has a model_platform",
  severity: "error",
  effect: "fatal",
  why: "Without model_platform (and without the old model_type) the server exits with 255; an empty text counts as missing.",
  mend: 'Add `model_platform: "tensorflow"`.',
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (GetPlatform)",
    "recorded starts cfg-no-platform, cfg-platform-empty",
  ],
  logTexts: [
    "Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is …",
  ],
  symptoms: [23],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list {\n  config {\n    name: "a"\n    base_path: "/m/a" # local\n  }\n}\n',
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
      if ((model.platform?.value ?? "") !== "" || (model.type?.value ?? 0) !== 0) continue;
      if (model.misread.has("model_platform") || model.misread.has("model_type")) continue;
      const anchor = model.basePath ?? model.name;
      const edit =
        model.platform !== undefined
          ? { ...model.platform.span, newText: '"tensorflow"' }
          : anchor === undefined || !context.platforms.has("tensorflow")
            ? undefined
            : { start: anchor.field.end, end: anchor.field.end, newText: ' model_platform: "tensorflow"' };
      yield {
        ...placeIn(context, model.platform?.span ?? modelPlace(model)),
        message: `model "${nameOf(model)}" has no model_platform`,
        fate: { stage: stage.platforms, prediction: "exits" },
        ...(edit === undefined
          ? {}
          : { fix: { title: 'Add model_platform: "tensorflow"', edits: [edit], safety: "safe" as const } }),
      };
    }
  },
});
