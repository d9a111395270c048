import { defineLintRule } from "../../finding.ts";
import { nameProblem } from "../../model-name.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { modelPlace, nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/name-usable",
  summary: "each model has a name that requests can use",
  severity: "warning",
  effect: "request-fails",
  why: "A nameless model loads but no request can name it; slashes, colons and blanks must be percent-encoded in every URL, and the Docker entrypoint splits names at blanks.",
  mend: "Use letters, digits, `_`, `-` and `.`.",
  evidence: ["tensorflow/serving model_servers/http_rest_api_util.cc", "recorded reload r-empty-name"],
  logTexts: ["ModelSpec has no name specified."],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { base_path: "/m/a" model_platform: "tensorflow" } }\n',
        },
      },
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a/b" base_path: "/m/a" model_platform: "tensorflow" } }\n',
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
      const name = nameOf(model);
      const problem = nameProblem(name);
      if (problem === undefined || (model.name === undefined && model.misread.has("name"))) continue;
      yield {
        ...placeIn(context, modelPlace(model)),
        ...(name === "" ? { severity: "error" as const } : {}),
        message:
          name === ""
            ? "a model has no name: no request can reach it"
            : `the model name "${name}" ${problem}`,
      };
    }
  },
});
