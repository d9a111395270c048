import { duplicateVersions } from "@servable/model-layout";
import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/version-once",
  summary: "each version has one folder",
  severity: "error",
  effect: "silent",
  why: "`1` and `001` are one version: the later name in text order is used (under the policy all the earlier one, against the words of the warning).",
  mend: "Keep one of the folders.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded start bp-dup",
  ],
  logTexts: ["Duplicate version directories detected. Version … will be loaded from …, … will be ignored."],
  symptoms: [12],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite, "/models/m/001/model.tflite": exampleTflite },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite, "/models/m/2/model.tflite": exampleTflite },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const { version, used, overridden } of duplicateVersions(model.discovery?.versions ?? [])) {
        const all = model.policy.kind === "all";
        const loaded = all ? (overridden[0] ?? used) : used;
        const ignored = [...overridden, used].filter((directory) => directory.name !== loaded.name);
        yield {
          file: context.files.display(loaded.path),
          message: `version ${version} of "${model.name}" is loaded from "${loaded.name}"; ${ignored.map(({ name }) => `"${name}"`).join(", ")} is ignored`,
        };
      }
    }
  },
});
