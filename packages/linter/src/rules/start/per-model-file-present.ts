import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { loadStep } from "../../start/start-model.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/per-model-file-present",
  summary: "in per-model mode each version has its batching_params.pbtxt",
  severity: "error",
  effect: "silent",
  since: "2.11.0",
  why: "With `--enable_per_model_batching_parameters` a version without that file is not batched at all: the server's own file is no fallback, and nothing is logged.",
  mend: "Put batching_params.pbtxt beside saved_model.pb in every version folder.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.cc",
    "tensorflow/serving#1522",
    "recorded starts x11-permodel-none, x11-permodel-wrong-dir",
  ],
  symptoms: [37],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--prefer_tflite_model=true\n--enable_batching=true\n--enable_per_model_batching_parameters=true\n--model_base_path=/models/m",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite },
      },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--prefer_tflite_model=true\n--enable_batching=true\n--enable_per_model_batching_parameters=true\n--model_base_path=/models/m",
          "/models/m/1/batching_params.pbtxt": "max_batch_size { value: 8 }\n",
        },
        binaries: { "/models/m/1/model.tflite": exampleTflite },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      if (!model.settings.perModelBatching) continue;
      const misplaced =
        context.files.kind(`${model.discovery?.basePath}/batching_params.pbtxt`) !== undefined;
      for (const version of model.versions) {
        if (version.ownFile !== undefined && version.ownFile.linted === undefined) {
          yield {
            file: version.ownFile.display,
            message: `batching_params.pbtxt of version ${version.directory.version} of "${model.name}" cannot be read: the version does not load`,
            load: "fails",
            loadOf: { version, step: loadStep.batching },
          };
        }
        if (version.ownFile !== undefined || context.files.kind(version.path) !== "directory") continue;
        yield {
          file: context.files.display(version.path),
          message: `version ${version.directory.version} of "${model.name}" has no batching_params.pbtxt and is not batched${misplaced ? "; the one in the base path is not read" : ""}`,
        };
      }
    }
  },
});
