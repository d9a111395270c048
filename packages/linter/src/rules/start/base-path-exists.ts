import { defineLintRule, stage } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleTflite } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/base-path-exists",
  summary: "every base path is a folder that the server can list",
  severity: "error",
  effect: "hangs",
  why: 'The server looks again and again and waits for ever with its ports closed; one such path stops the discovery of every other model too. No timeout ends it, and the container stays "running".',
  mend: "Create the folder with a version in it, or correct the path (inside a container: the mount's target, not the host's path).",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "tensorflow/serving#1705, #2189",
    "recorded starts x26-fspoll-0-missing, bp-file, bp-one-missing",
  ],
  logTexts: [
    "Could not find base path … for servable … with error …",
    "FileSystemStoragePathSource encountered a filesystem access error: Could not find base path … for servable … with error …",
    "FileSystemStoragePathSource encountered a filesystem access error: …; Not a directory",
    "FileSystemStoragePathSource encountered a filesystem access error: …; Permission denied",
  ],
  symptoms: [4, 6, 10, 31],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--prefer_tflite_model=true\n--model_base_path=/models/none",
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
    const many = context.models.length > 1;
    for (const model of context.models) {
      if (accessOf(model) === "inaccessible") {
        const problem = model.discovery?.problem;
        const kind = context.files.kind(model.discovery?.basePath ?? "");
        const what =
          kind === undefined || kind === "directory"
            ? problem?.fault === "not-found" || kind === undefined
              ? "does not exist"
              : "cannot be read"
            : `is a ${kind}, not a folder`;
        yield {
          ...model.place,
          message: `the base path ${model.basePath} of "${model.name}" ${what}: the start waits for ever${many ? ", and no other model is loaded either" : ""}`,
          fate: { stage: stage.loading, prediction: "hangs", rank: 1 },
        };
      } else if (model.where.kind === "unmounted") {
        yield {
          ...model.place,
          severity: "warning",
          message: `the base path ${model.basePath} of "${model.name}" lies under no mount of the container: it must be part of the image`,
        };
      }
    }
  },
});
