import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { basePathOf, modelPlace, nameOf } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/base-path-own",
  summary: "each model has a base path of its own",
  severity: "warning",
  effect: "degrades",
  why: "Two models with one base path both load the same versions: double memory, and nothing says so.",
  mend: "Serve it under one name, or correct the path.",
  evidence: ["tensorflow/serving model_servers/server_core.cc (not checked)", "recorded start cfg-same-base"],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list {\n  config { name: "a" base_path: "/m/a" model_platform: "tensorflow" }\n  config { name: "b" base_path: "/m/a/" model_platform: "tensorflow" }\n}\n',
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
      const path = basePathOf(model).replace(/(?<=.)\/+$/, "");
      if (path === "") continue;
      const earlier = first.get(path);
      if (earlier === undefined) {
        first.set(path, model);
      } else if (nameOf(earlier) !== nameOf(model)) {
        yield {
          ...placeIn(context, model.basePath?.span ?? modelPlace(model)),
          message: `models "${nameOf(earlier)}" and "${nameOf(model)}" share the base path ${path}`,
          related: [{ message: "the other model", file: context.file, span: modelPlace(earlier) }],
        };
      }
    }
  },
});
