import { basePathRule, folder, quoted } from "../model-rule.ts";

export const rule = basePathRule({
  id: "layout/path-is-base-path",
  level: "quick",
  summary: "a path that was checked as something else than a base path would not work as one",
  severity: "info",
  effect: "hangs",
  why: "`--model_base_path` and `base_path` want the folder of the versions. A version directory, or the folder of several models, is accepted there without a word, and the server waits for ever.",
  mend: "Give the server the folder that holds the numbers.",
  evidence: ["recorded runs of 2.17.1: base path is a version directory; base path is one level too high"],
  symptoms: [2],
  examples: {
    bad: [folder("checked as models/resnet/1", { "saved_model.pb": "SavedModel" })],
    good: [folder("checked as models/resnet", { "1/saved_model.pb": "SavedModel" })],
  },
  *check({ model, role, asBasePath, alone }) {
    if (asBasePath) return;
    if (role === "version") {
      yield {
        file: model.versions[0]?.path ?? model.basePath,
        message: `checked as version directory ${model.versions[0]?.version ?? ""} of ${quoted(model.basePath)}`,
        help: `A server wants ${quoted(model.basePath)} as base path, not this folder.`,
      };
    } else if (role === "repository" && alone && !model.unversioned) {
      yield {
        file: model.basePath,
        message: "found as a model below the checked folder",
        help: `A server wants ${quoted(model.basePath)} as base path, not a folder above it.`,
      };
    }
  },
});
