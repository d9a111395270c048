import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { loadStep } from "../../start/start-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/version-is-folder",
  summary: "a child of the base path that is named by a number is a folder",
  severity: "error",
  effect: "load-fails",
  why: "The server does not look what it is: a plain file or a dangling link called 200 is version 200, becomes the newest and fails to load.",
  mend: "Remove it, or give it a name that is no number.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded starts bp-plain-file, bp-symlink-dangling",
  ],
  logTexts: ["Error while attempting to reserve resources to load servable …: …; Not a directory"],
  examples: {
    bad: [],
    good: [],
  },
  *check(context) {
    for (const model of context.models) {
      for (const version of model.versions) {
        const kind = context.files.kind(version.path);
        if (kind === "directory") continue;
        yield {
          file: context.files.display(version.path),
          message: `"${version.directory.name}" counts as version ${version.directory.version} of "${model.name}", but ${kind === undefined ? "leads nowhere" : "is no folder"}`,
          load: "fails",
          loadOf: { version, step: loadStep.folder },
        };
      }
    }
  },
});
