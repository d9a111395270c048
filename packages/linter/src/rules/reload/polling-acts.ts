import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/polling-acts",
  summary: "a changed policy or path is acted on",
  severity: "error",
  effect: "silent",
  why: "With `--file_system_poll_wait_seconds=0` folders are looked at once, at the start: a changed policy or base path is accepted and never acted on.",
  mend: "Start the server with a poll period.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded reload r-fspoll0-policy",
  ],
  symptoms: [31],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--file_system_poll_wait_seconds=0",
          "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
          "new.config": exampleConfig(["m", "model_version_policy { specific { versions: 2 } }"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--file_system_poll_wait_seconds=1",
          "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
          "new.config": exampleConfig(["m", "model_version_policy { specific { versions: 2 } }"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    if (!context.looksNoMore) return;
    for (const { before, after, loaded } of context.changes) {
      if (before === undefined || after === undefined || accessOf(after) !== "found") continue;
      const wanted = after.versions.map((version) => String(version.directory.version)).sort();
      const has = loaded.map((version) => String(version.directory.version)).sort();
      if (wanted.join() === has.join()) continue;
      yield {
        ...after.place,
        message: `the change of "${after.name}" is accepted and never acted on: folders are not looked at again`,
      };
    }
  },
});
