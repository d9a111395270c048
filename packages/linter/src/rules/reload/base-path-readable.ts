import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/base-path-readable",
  summary: "the new base path of a known model can be listed",
  severity: "error",
  effect: "silent",
  why: "The reload returns OK and the model goes on serving what it has, but from then on no model gets new versions: one path that cannot be listed ends the look at all of them.",
  mend: "Create the folder first, or correct the path.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded reload r-base-missing",
  ],
  logTexts: [
    "FileSystemStoragePathSource encountered a filesystem access error: Could not find base path … for servable …",
  ],
  symptoms: [31],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"]).replace("/models/m", "/no/such/m"),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"]).replace("/models/m", "/models/n"),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const { before, after } of context.changes) {
      if (before === undefined || after === undefined || accessOf(after) !== "inaccessible") continue;
      yield {
        ...after.place,
        message: `the base path ${after.basePath} of "${after.name}" cannot be listed: no model gets new versions`,
      };
    }
  },
});
