import { defineLintRule, stage } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/base-path-has-versions",
  summary: "every base path holds a folder whose name is a number",
  severity: "error",
  effect: "hangs",
  why: "Only children whose names are whole numbers count as versions (`v1`, `1.0`, `latest`, `1.tmp` do not). Without one the server warns at each look and waits for ever with its ports closed, also when other models are fine.",
  mend: "Put saved_model.pb and variables/ into `<base path>/1/`.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "tensorflow/serving#1831, #266, #1448",
    "recorded starts bp-empty, bp-nonnumeric, bp-one-empty",
  ],
  logTexts: [
    "Unable to find a numerical version path for servable … at: …",
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [1, 3, 6, 7],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/v1/model.tflite": exampleTflite },
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
      if (accessOf(model) !== "found" || discovery === undefined || discovery.versions.length > 0) continue;
      if (discovery.ignored.some(({ name }) => name === "saved_model.pb" || name === "saved_model.pbtxt"))
        continue;
      const names = discovery.ignored.map(({ name }) => `"${name}"`);
      yield {
        ...model.place,
        message:
          names.length === 0
            ? `the base path ${model.basePath} of "${model.name}" is empty: the start waits for ever`
            : `the base path ${model.basePath} of "${model.name}" holds no version folder, only ${names.slice(0, 3).join(", ")}${names.length > 3 ? " …" : ""}: the start waits for ever`,
        fate: { stage: stage.loading, prediction: "hangs", rank: 30 },
      };
    }
  },
});
