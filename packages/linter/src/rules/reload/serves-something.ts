import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";

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
          "old.config":
            'model_config_list { config { name: "a" base_path: "gs://m/a" model_platform: "tensorflow" } }\n',
          "new.config": "model_config_list {}\n",
        },
      },
    ],
    good: [],
  },
  *check(context) {
    const list = context.newView.list;
    if (list === undefined || list.models.length > 0 || (context.oldView.list?.models.length ?? 0) === 0)
      return;
    yield { file: context.file, span: list.span, message: "the new list is empty: every model is unloaded" };
  },
});
