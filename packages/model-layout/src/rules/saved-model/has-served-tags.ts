import { nearest } from "@servable/diagnostics";
import { folder, versionRule } from "../model-rule.ts";

const show = (tags: readonly string[]): string =>
  tags.length === 0 ? "{ } (no tag)" : `{ ${tags.join(", ")} }`;

export const rule = versionRule({
  id: "saved-model/has-served-tags",
  level: "quick",
  summary: "a meta graph has exactly the tags that the server asks for",
  severity: "error",
  effect: "load-fails",
  why: "The loader takes the meta graph whose set of tags equals the requested one, `serve` unless --saved_model_tags says otherwise. A superset does not do.",
  mend: "Export with the tag `serve` alone, or start the server with --saved_model_tags set to the tags of the model.",
  evidence: [
    "tensorflow: cc/saved_model/reader.cc FindMetaGraphDef",
    "TensorFlow 2.17.1's loader on such models",
  ],
  logTexts: [
    "Could not find meta graph def matching supplied tags: { serve }. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI",
  ],
  symptoms: [8, 9],
  examples: {
    bad: [folder("another tag", { "m/1/saved_model.pb": "SavedModel with the meta graph { train }" })],
    good: [folder("serve", { "m/1/saved_model.pb": "SavedModel with the meta graph { serve }" })],
  },
  *check(context) {
    if (context.servesTflite || !context.savedModel.ok) return;
    if (context.savedModel.value.metaGraph(context.target.tags) !== undefined) return;
    const { metaGraphs, file } = context.savedModel.value;
    if (
      metaGraphs.length === 0 ||
      metaGraphs.every(({ tags, graphBytes }) => tags.length === 0 && graphBytes === 0)
    )
      return;
    const { tags } = context.target;
    const sets = metaGraphs.map((graph) => graph.tags);
    const superset = sets.find((set) => tags.every((tag) => set.includes(tag)));
    const near = nearest(
      tags.join(","),
      sets.map((set) => set.join(",")),
    );
    const flag = (set: readonly string[]): string => `--saved_model_tags=${set.join(",")}`;
    yield {
      file,
      message: `no meta graph has the tags ${show(tags)}: there ${sets.length === 1 ? "is" : "are"} ${sets.map(show).join(" and ")}`,
      help:
        superset !== undefined
          ? `More tags than asked for do not match: start the server with ${flag(superset)}, or export with ${show(tags)} alone.`
          : near !== undefined
            ? `Tags are compared letter by letter: export with ${show(tags)}, or start the server with ${flag(near.split(","))}.`
            : sets.some((set) => set.length > 0)
              ? `Export with ${show(tags)}, or start the server with ${flag(sets.find((set) => set.length > 0) ?? [])}.`
              : `Export with ${show(tags)}.`,
    };
  },
});
