import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/version-names",
  summary: "no folder with a model is passed over because of its name",
  severity: "warning",
  effect: "silent",
  why: "Only names that are whole numbers count; all others are skipped without a message.",
  mend: "Rename the folder to a number, or move it out of the base path.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "tensorflow/serving#1250",
    "recorded start bp-v-prefix-mixed",
  ],
  symptoms: [3],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite, "/models/m/v2/model.tflite": exampleTflite },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      const { discovery } = model;
      if (discovery === undefined || discovery.versions.length === 0) continue;
      for (const { name } of discovery.ignored) {
        if (name.startsWith(".")) continue;
        const folder = `${discovery.basePath}/${name}`;
        const holdsModel = ["saved_model.pb", "saved_model.pbtxt", "model.tflite"].some(
          (file) => context.files.kind(`${folder}/${file}`) !== undefined,
        );
        if (!holdsModel) continue;
        yield {
          file: context.files.display(folder),
          message: `folder "${name}" holds a model but is no version of "${model.name}": its name is no whole number`,
        };
      }
    }
  },
});
