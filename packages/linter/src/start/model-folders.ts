import type { FatedDiagnostic } from "../finding.ts";
import type { StartContext } from "./start-context.ts";
import { loadStep } from "./start-model.ts";

/** The diagnostics of the model folders that the start would load, by the rules of model-layout. */
export function checkFolders(context: StartContext, _level: "quick" | "graph" | "bytes"): FatedDiagnostic[] {
  const found: FatedDiagnostic[] = [];
  for (const model of context.models) {
    for (const version of model.versions) {
      if (version.saved !== undefined || context.files.kind(version.path) !== "directory") continue;
      if (version.settings.preferTflite && context.files.kind(`${version.path}/model.tflite`) === "file")
        continue;
      found.push({
        diagnostic: {
          rule: "start/model-readable",
          severity: "error",
          message: `version ${version.directory.version} of "${model.name}" cannot be loaded`,
          file: context.files.display(version.path),
        },
        fate: undefined,
        load: "fails",
        loadOf: { version, step: loadStep.read },
      });
    }
  }
  return found;
}
