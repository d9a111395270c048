import { defineLintRule, stage } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

const reason = {
  path: "its base path cannot be listed, and no model gets new versions meanwhile",
  versions: "its base path holds no version to serve",
  polling: "folders are looked at only once (--file_system_poll_wait_seconds=0), so it is never found",
} as const;

export const rule = defineLintRule<ReloadContext>({
  id: "reload/new-model-appears",
  summary: "a model that a reload adds has a version to load",
  severity: "error",
  effect: "hangs",
  why: "The reload waits for every new model without a timeout and holds the config lock: later polls and reload calls wait behind it (and are applied in order when it ends), whatever the file says by then.",
  mend: "Put the model in place before the reload; a server that waits goes on as soon as the path holds a version.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc",
    "tensorflow/serving#2189, #1786",
    "recorded reloads p-wedge-missing, r-add-empty, r-fspoll0-add",
  ],
  logTexts: [
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
    "FileSystemStoragePathSource encountered a filesystem access error: Could not find base path … for servable …",
  ],
  symptoms: [31],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"], ["n"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m"]),
          "new.config": exampleConfig(["m"], ["n"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/n/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const { waits, after } of context.changes) {
      if (waits === undefined || after === undefined) continue;
      yield {
        ...after.place,
        message: `the reload waits for "${after.name}" for ever: ${reason[waits]}`,
        fate: { stage: stage.loading, prediction: "hangs" },
      };
    }
  },
});
