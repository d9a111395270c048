import { absoluteOrUri } from "../../base-path.ts";
import { defineLintRule, stage } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { basePathOf, modelPlace, nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/base-path-absolute",
  summary: "base_path is an absolute path or a URI",
  severity: "error",
  effect: "fatal",
  why: "The server refuses a missing or relative base_path: a start exits with 255, a reload is refused. Neither `~` nor environment variables are expanded, and a scheme may not hold `+` or `-`.",
  mend: "Write the absolute path as the server sees it (inside a container: the mount's target).",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (ValidateModelConfigList)",
    "recorded starts cfg-relative, cfg-no-base, cfg-env",
  ],
  logTexts: ["Expected model … to have an absolute path or URI; got base_path()=…"],
  symptoms: [5],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "models/a" model_platform: "tensorflow" } }\n',
        },
      },
      {
        files: {
          "models.config": 'model_config_list { config { name: "a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/models/a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.view.list?.models ?? []) {
      const path = basePathOf(model);
      if (absoluteOrUri(path) || (model.basePath === undefined && model.misread.has("base_path"))) continue;
      yield {
        ...placeIn(context, model.basePath?.span ?? modelPlace(model)),
        message:
          path === ""
            ? `model "${nameOf(model)}" has no base_path`
            : `base_path "${path}" is not absolute${path.includes("$") ? " (variables are not expanded)" : ""}`,
        fate: { stage: stage.basePaths, prediction: "exits" },
      };
    }
  },
});
