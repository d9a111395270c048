import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { effectiveLabels, nameOf } from "../../views/model-config-view.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/label-survives",
  summary: "no label stays on a version that the reload takes away",
  severity: "error",
  effect: "request-fails",
  why: "The label is accepted because the version still serves at that moment; then the version goes, requests by the label are answered NOT_FOUND, and a polled file is refused at every later poll.",
  mend: "Keep the version in the policy, or move the label first.",
  evidence: ["recorded reloads r-label-drop-version, p-label-drop-static"],
  logTexts: [
    "Request to assign label to version … of model …, which is not currently available for inference",
    "Servable not found for request: Specific(…, …)",
  ],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "old.config": exampleConfig([
            "m",
            'model_version_policy { specific { versions: 1 } }\n    version_labels { key: "stable" value: 1 }',
          ]),
          "new.config": exampleConfig([
            "m",
            'model_version_policy { specific { versions: 2 } }\n    version_labels { key: "stable" value: 1 }',
          ]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig([
            "m",
            'model_version_policy { specific { versions: 1 } }\n    version_labels { key: "stable" value: 1 }',
          ]),
          "new.config": exampleConfig([
            "m",
            'model_version_policy { specific { versions: 1 versions: 2 } }\n    version_labels { key: "stable" value: 1 }',
          ]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.newView.list?.models ?? []) {
      const change = context.changes.find((candidate) => candidate.name === nameOf(model));
      for (const label of effectiveLabels(model)) {
        const goes = change?.unloads.some(
          (version) => String(version.directory.version) === String(label.version),
        );
        if (goes !== true) continue;
        yield {
          file: context.file,
          span: label.versionSpan,
          message: `label "${label.label}" of "${nameOf(model)}" points at version ${label.version}, which this reload takes away`,
        };
      }
    }
  },
});
