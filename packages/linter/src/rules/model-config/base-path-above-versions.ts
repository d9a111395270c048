import { defineLintRule } from "../../finding.ts";
import { type ModelConfigContext, placeIn } from "../../text-context.ts";
import { basePathOf, modelPlace } from "../../views/model-config-view.ts";

export const rule = defineLintRule<ModelConfigContext>({
  id: "model-config/base-path-above-versions",
  summary: "base_path is the folder above the version folders",
  severity: "warning",
  effect: "hangs",
  why: "The server looks for version folders inside base_path. If it is a version folder itself, it finds none and waits for ever.",
  mend: "Leave the last component off.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded start bp-version-dir",
  ],
  logTexts: [
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [2],
  examples: {
    bad: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/models/a/1" model_platform: "tensorflow" } }\n',
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
    // For a start the folder itself is looked at.
    if (context.purpose !== "file") return;
    for (const model of context.view.list?.models ?? []) {
      const last = basePathOf(model).replace(/\/+$/, "").split("/").at(-1) ?? "";
      if (!/^\d+$/.test(last) || model.basePath === undefined) continue;
      yield {
        ...placeIn(context, model.basePath.span ?? modelPlace(model)),
        message: `base_path ends in the number ${last}, which looks like a version folder`,
      };
    }
  },
});
