import { defineLintRule, stage } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/base-path-above-versions",
  summary: "the base path is the folder above the version folders, not a version folder",
  severity: "error",
  effect: "hangs",
  why: "The server looks for version folders inside the base path. In a version folder it finds saved_model.pb and variables/, no number, and waits for ever; beside version folders the file is ignored.",
  mend: "Give the parent folder, or move the model into `<base path>/1/`.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded starts bp-version-dir, bp-saved-model-and-version",
  ],
  logTexts: [
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [2],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m/1",
          "/models/m/1/saved_model.pb": "",
        },
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
      const own = model.discovery?.ignored.find(
        ({ name }) => name === "saved_model.pb" || name === "saved_model.pbtxt",
      );
      if (own === undefined || model.discovery === undefined) continue;
      if (model.discovery.versions.length > 0) {
        yield {
          ...model.place,
          severity: "warning",
          message: `${own.name} lies in the base path ${model.basePath} itself, beside its version folders: it is never loaded`,
        };
      } else {
        yield {
          ...model.place,
          message: `the base path ${model.basePath} of "${model.name}" is a version folder itself (it holds ${own.name}): the start waits for ever`,
          fate: { stage: stage.loading, prediction: "hangs", rank: 30 },
        };
      }
    }
  },
});
