import { defineLintRule, stage } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { effectiveLabels, nameOf } from "../../views/model-config-view.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<ReloadContext>({
  id: "reload/label-available",
  summary: "a label is put on a version that serves already",
  severity: "error",
  effect: "silent",
  why: "Labels are applied before models are loaded, so a version that the same edit brings is not there yet: the reload is refused, the version never loads, and every later poll of the same file fails in the same way. `--allow_version_labels_for_unavailable_models` allows new labels, but never moving an existing one.",
  mend: "Take two steps: first load the version, then put the label on it.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (UpdateModelVersionLabelMap)",
    "recorded reloads r-label-unavailable, r-version-and-label, r-version-and-move-flag, p-label-wedge",
  ],
  logTexts: [
    "Request to assign label to version … of model …, which is not currently available for inference",
  ],
  symptoms: [26],
  examples: {
    bad: [
      {
        title: "one edit loads version 2 and puts the label on it",
        files: {
          "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
          "new.config": exampleConfig([
            "m",
            'model_version_policy { specific { versions: 1 versions: 2 } }\n    version_labels { key: "stable" value: 2 }',
          ]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 versions: 2 } }"]),
          "new.config": exampleConfig([
            "m",
            'model_version_policy { specific { versions: 1 versions: 2 } }\n    version_labels { key: "stable" value: 2 }',
          ]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
          "/models/m/2/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const labelsBefore = new Map(
      (context.oldView.list?.models ?? []).map((model) => [
        nameOf(model),
        new Map(effectiveLabels(model).map((label) => [label.label, label.version])),
      ]),
    );
    for (const model of context.newView.list?.models ?? []) {
      const name = nameOf(model);
      const change = context.changes.find((candidate) => candidate.name === name);
      // What lies in another file system is taken for available.
      if (change?.before !== undefined && change.before.discovery === undefined) continue;
      const available = new Set((change?.loaded ?? []).map((version) => String(version.directory.version)));
      for (const label of effectiveLabels(model)) {
        if (available.has(String(label.version))) continue;
        const was = labelsBefore.get(name)?.get(label.label);
        if (context.freeLabels && (was === undefined || was === label.version)) continue;
        const coming = change?.loads.some(
          (version) => String(version.directory.version) === String(label.version),
        );
        yield {
          file: context.file,
          span: label.versionSpan,
          message: `label "${label.label}" of "${name}" points at version ${label.version}, which does not serve yet: the reload is refused${coming === true ? ", and with it the loading of that version" : ""}`,
          fate: { stage: stage.labels, prediction: "exits" },
        };
      }
    }
  },
});
