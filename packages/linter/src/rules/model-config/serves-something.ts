import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/serves-something",
  summary: "the config lists a model",
  severity: "error",
  effect: "silent",
  why: "A file of blanks and comments, or an empty list, is accepted: the server starts, opens its ports, looks healthy and serves nothing.",
  mend: "List the models.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc",
    "recorded starts cfg-comment, cfg-empty-list",
  ],
  logTexts: [
    "Taking no action for empty config.",
    "Model labels does not init yet.…",
    "Could not find any versions of model …",
  ],
  examples: {
    bad: [
      { files: { "models.config": "# models go here\n" } },
      { files: { "models.config": "model_config_list {}\n" } },
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
    const { view } = context;
    // What a refused text leaves out may be in the part that could not be read.
    if (!context.accepted) return;
    if (view.misread.size > 0 || (view.list?.misread.size ?? 0) > 0) return;
    if (context.purpose === "reload" || view.custom !== undefined || context.text === "") return;
    if (view.list === undefined) {
      yield { file: context.file, message: "the config sets nothing: the server starts and serves no model" };
    } else if (view.list.models.length === 0) {
      yield {
        ...placeIn(context, view.list.span),
        message: "model_config_list is empty: the server starts and serves no model",
      };
    }
  },
});
