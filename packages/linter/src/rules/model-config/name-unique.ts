import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { modelPlace, nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/name-unique",
  summary: "each model is listed once",
  severity: "error",
  effect: "fatal",
  why: "The server refuses a list that names a model twice: a start exits with 255, a reload is refused.",
  mend: "Rename or remove one of them.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (ValidateNoDuplicateModelNames)",
    "recorded starts of area models.config",
  ],
  logTexts: ["Illegal to list model … multiple times in config list"],
  symptoms: [24],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list {\n  config { name: "a" base_path: "/m/a" model_platform: "tensorflow" }\n  config { name: "a" base_path: "/m/b" model_platform: "tensorflow" }\n}\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list {\n  config { name: "a" base_path: "/m/a" model_platform: "tensorflow" }\n  config { name: "b" base_path: "/m/b" model_platform: "tensorflow" }\n}\n',
        },
      },
    ],
  },
  *check(context) {
    const first = new Map<string, (typeof context.view.list & object)["models"][number]>();
    for (const model of context.view.list?.models ?? []) {
      if (model.name === undefined && model.misread.has("name")) continue;
      const name = nameOf(model);
      const earlier = first.get(name);
      if (earlier === undefined) {
        first.set(name, model);
        continue;
      }
      yield {
        ...placeIn(context, modelPlace(model)),
        message: `model "${name}" is listed more than once`,
        related: [{ message: "it is listed here first", file: context.file, span: modelPlace(earlier) }],
        fate: { stage: stage.modelNames, prediction: "exits" },
      };
    }
  },
});
