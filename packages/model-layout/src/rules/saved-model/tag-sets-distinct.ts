import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "saved-model/tag-sets-distinct",
  level: "quick",
  summary: "no two meta graphs have the same tags",
  severity: "warning",
  effect: "silent",
  why: "The loader takes the first meta graph with the wanted tags; a second one is never served.",
  mend: "Export one meta graph for each set of tags.",
  evidence: ["TensorFlow 2.17.1's loader on a model with two meta graphs { serve }"],
  examples: {
    bad: [folder("twice", { "m/1/saved_model.pb": "SavedModel with two meta graphs { serve }" })],
    good: [folder("once", { "m/1/saved_model.pb": "SavedModel with meta graphs { serve } and { train }" })],
  },
  *check(context) {
    if (!context.savedModel.ok) return;
    const seen = new Set<string>();
    for (const { tags } of context.savedModel.value.metaGraphs) {
      const key = [...new Set(tags)].join("\n");
      if (seen.has(key) && tags.length > 0) {
        yield {
          file: context.savedModel.value.file,
          message: `several meta graphs have the tags { ${tags.join(", ")} }: only the first is served`,
          help: "Export one meta graph for each set of tags.",
        };
      }
      seen.add(key);
    }
  },
});
