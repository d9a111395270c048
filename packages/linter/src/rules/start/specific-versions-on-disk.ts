import { defineLintRule, stage } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { accessOf } from "../../start/start-model.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/specific-versions-on-disk",
  summary: "the versions that the policy names are on disk",
  severity: "error",
  effect: "silent",
  why: "The server warns about a missing version and serves the rest; if none of them is there, the start waits for ever.",
  mend: "Name versions that exist (folders are read as decimal numbers, the config reads a leading zero as octal).",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded starts pol-specific-one-missing, pol-specific-all-missing",
  ],
  logTexts: [
    "Version … of servable …, which was requested to be served as a 'specific' version in the servable's version policy, was not found in the file system",
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--enable_profiler=false\n--model_config_file=models.config",
          "models.config": exampleConfig(["m", "model_version_policy { specific { versions: 9 } }"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--rest_api_port=8501\n--enable_profiler=false\n--model_config_file=models.config",
          "models.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      if (accessOf(model) !== "found" || model.missing.length === 0) continue;
      if (model.discovery?.versions.length === 0) continue;
      const none = model.versions.length === 0;
      const wanted = model.policyView?.versions ?? [];
      for (const version of new Set(model.missing)) {
        const written = wanted.find((entry) => String(entry.value) === String(version));
        const there = model.discovery?.versions.map((directory) => directory.version).join(", ");
        yield {
          file: model.place.file,
          ...(written === undefined ? {} : { span: written.span }),
          message: `version ${version} of "${model.name}" is not in ${model.basePath}, which holds ${there}${none ? ": the start waits for ever" : ""}`,
          ...(none ? { fate: { stage: stage.loading, prediction: "hangs" as const, rank: 30 } } : {}),
        };
      }
    }
  },
});
