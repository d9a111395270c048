import { looksLikeSavedModel } from "../../discovery/find-models.ts";
import { joinPath } from "../../files/model-file-system.ts";
import { WARMUP_NAME } from "../../warmup/warmup-file.ts";
import { basePathRule, folder, quoted } from "../model-rule.ts";

export const rule = basePathRule({
  id: "layout/nothing-beside-versions",
  level: "quick",
  summary: "no part of a model lies beside the versions",
  severity: "warning",
  effect: "silent",
  why: "The server looks into the version directories only: a graph, variables, assets or warm-up records that were copied one level too high are passed over without a word, and the old version goes on serving.",
  mend: "Move the files into the folder of the version that they belong to.",
  evidence: ["tensorflow/serving: sources/storage_path/file_system_storage_path_source.cc:85-136"],
  symptoms: [3, 67],
  examples: {
    bad: [
      folder("warm-up records one level too high", {
        "m/1/saved_model.pb": "SavedModel",
        [`m/assets.extra/${WARMUP_NAME}`]: "records",
      }),
    ],
    good: [
      folder("in the version", {
        "m/1/saved_model.pb": "SavedModel",
        [`m/1/assets.extra/${WARMUP_NAME}`]: "records",
      }),
    ],
  },
  *check({ model }) {
    // Without any version, layout/base-path-has-version says so.
    if (model.discovery.versions.length === 0) return;
    for (const { name } of model.discovery.ignored) {
      if (!looksLikeSavedModel([name]) && name !== WARMUP_NAME) continue;
      yield {
        file: joinPath(model.basePath, name),
        message: `${quoted(name)} lies beside the versions, where the server does not look`,
        help: "It is passed over without a word. Move it into the folder of the version that it belongs to, or remove it.",
      };
    }
  },
});
