import { duplicateVersions } from "../../discovery/discover-versions.ts";
import { basePathRule, folder, quoted, some } from "../model-rule.ts";

export const rule = basePathRule({
  id: "layout/version-names-distinct",
  level: "quick",
  summary: "no two names in a base path mean the same version",
  severity: "warning",
  effect: "silent",
  why: "`1`, `01` and `001` are one version. With the policies latest and specific the last name in byte order is loaded; with policy all it is the first, although the server's warning says otherwise.",
  mend: "Keep one spelling of each version and move the others out of the base path.",
  evidence: [
    "tensorflow/serving: sources/storage_path/file_system_storage_path_source.cc:128-134,281-289",
    "recorded run of 2.17.1 with policy all",
  ],
  logTexts: ["Duplicate version directories detected. Version … will be loaded from …, … will be ignored."],
  symptoms: [12],
  examples: {
    bad: [
      folder("two spellings", { "m/1/saved_model.pb": "SavedModel", "m/001/saved_model.pb": "SavedModel" }),
    ],
    good: [folder("one spelling", { "m/1/saved_model.pb": "SavedModel" })],
  },
  *check({ model }) {
    for (const { version, used, overridden } of duplicateVersions(model.discovery.versions)) {
      for (const directory of overridden) {
        yield {
          file: directory.path,
          message: `version ${version} is also ${quoted(used.name)}: this folder is ignored`,
          help: `Of ${some(
            [...overridden, used].map(({ name }) => name),
            5,
          )} the server loads ${quoted(used.name)} (with policy all ${quoted(overridden[0]?.name ?? "")}). Keep one.`,
        };
      }
    }
  },
});
