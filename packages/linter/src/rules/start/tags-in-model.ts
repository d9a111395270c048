import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { loadStep } from "../../start/start-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/tags-in-model",
  summary: "the model has a MetaGraph with exactly the tags that the server asks for",
  severity: "error",
  effect: "load-fails",
  why: "The set of tags must be equal: a model tagged { serve, gpu } does not load for { serve }. One server serves one tag set.",
  mend: "Give the tags of the model with `--saved_model_tags=a,b` (inside a platform config: saved_model_tags), or export it with the tag serve.",
  evidence: ["TensorFlow cc/saved_model/loader", "recorded starts of area tags, x12-tags-inside"],
  logTexts: [
    "Could not find meta graph def matching supplied tags: { … }. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI: `saved_model_cli`",
  ],
  symptoms: [8, 9],
  examples: { bad: [], good: [] },
  *check(context) {
    for (const model of context.models) {
      for (const version of model.versions) {
        const { saved, settings } = version;
        if (saved === undefined || saved.metaGraph(settings.tags) !== undefined) continue;
        const there = saved.metaGraphs.map((graph) => `{ ${graph.tags.join(", ")} }`).join(", ");
        yield {
          file: context.files.display(saved.file),
          message: `version ${version.directory.version} of "${model.name}" has no MetaGraph with the tags { ${[...new Set(settings.tags)].sort().join(", ")} }${there === "" ? "" : `, only ${there}`}`,
          load: "fails",
          loadOf: { version, step: loadStep.read },
        };
      }
    }
  },
});
