import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/serves-something",
  summary: "a reload does not take away every model",
  severity: "warning",
  effect: "silent",
  why: "An empty list is accepted and unloads all models.",
  mend: "List the models that shall be served.",
  evidence: ["recorded reloads r-remove-all, p-empty-list"],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": "model_config_list {}\n",
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m"], ["n"]),
          "new.config": exampleConfig(["m"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const list = context.newView.list;
    if (list === undefined || list.models.length > 0 || (context.oldView.list?.models.length ?? 0) === 0)
      return;
    yield { file: context.file, span: list.span, message: "the new list is empty: every model is unloaded" };
  },
});
