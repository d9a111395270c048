import { defineLintRule, stage } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { deciding } from "../../start/start-model.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/new-model-loads",
  summary: "a model that a reload brings can be loaded",
  severity: "error",
  effect: "load-fails",
  why: "After its retries the reload returns UNKNOWN, although everything else in it was done; sent again it returns OK while the model is still broken. Only a higher version number is tried again.",
  mend: "Mend the model and publish it under a higher number.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc, core/aspired_versions_manager.cc",
    "recorded reloads r-add-broken, p-broken, d-broken-fixed-in-place",
  ],
  logTexts: [
    "… model(s) did not become available: …",
    "PollFilesystemAndReloadConfig failed to ReloadConfig: …",
  ],
  examples: {
    bad: [
      {
        title: "version 1 of the new model has no saved_model.pb",
        files: {
          "<flags>": "--max_num_load_retries=0",
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"], ["n"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/variables/readme.txt": "empty",
        },
        also: ["saved-model/file-exists"],
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--max_num_load_retries=0",
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"], ["n"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const { before, after, fails, loads, loaded } of context.changes) {
      if (after === undefined || fails.length === 0) continue;
      const crash = fails.some((version) => deciding(version.problems)?.kind === "aborts");
      const numbers = fails.map((version) => version.directory.version).join(", ");
      // With retries a version that loads ends the wait first.
      const refused = before === undefined && (loads.length === 0 || context.newStart.retryMs === 0);
      yield {
        ...after.place,
        message: crash
          ? `loading version ${numbers} of "${after.name}" kills the running server`
          : `version ${numbers} of "${after.name}" does not load${loaded.length > 0 ? "; what serves now stays" : ""}`,
        ...(crash
          ? { fate: { stage: stage.loading, prediction: "aborts" as const, rank: -1 } }
          : refused
            ? !Number.isFinite(context.newStart.retryMs)
              ? { fate: { stage: stage.loading, prediction: "hangs" as const, rank: 2 } }
              : { fate: { stage: stage.loading, prediction: "exits" as const, rank: 2 } }
            : {}),
      };
    }
  },
});
