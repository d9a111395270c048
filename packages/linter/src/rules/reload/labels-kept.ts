import { defineLintRule } from "../../finding.ts";
import type { ReloadContext } from "../../reload/reload-context.ts";
import { effectiveLabels, modelPlace, nameOf } from "../../views/model-config-view.ts";
import { exampleConfig, exampleModel } from "../example-model.ts";

const specific = "model_version_policy { specific { versions: 1 } }";
const labelled = exampleConfig(["m", `${specific}\n    version_labels { key: "stable" value: 1 }`]);

export const rule = defineLintRule<ReloadContext>({
  id: "reload/labels-kept",
  summary: "a reload keeps the labels that clients ask for",
  severity: "warning",
  effect: "request-fails",
  why: "The labels of the new config replace all labels of the old one: one that is left out is gone at once, and requests for it fail.",
  mend: "Carry the label over, or move the clients first.",
  evidence: [
    "tensorflow/serving model_servers/server_core.cc (UpdateModelVersionLabelMap)",
    "recorded reload r-label-removed",
  ],
  logTexts: ["Unrecognized servable version label: …"],
  examples: {
    bad: [
      {
        files: {
          "old.config": labelled,
          "new.config": exampleConfig(["m", specific]),
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "old.config": labelled,
          "new.config": labelled,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const next = new Map((context.newView.list?.models ?? []).map((model) => [nameOf(model), model]));
    for (const before of context.oldView.list?.models ?? []) {
      const after = next.get(nameOf(before));
      // A model that goes altogether takes its labels with it.
      if (after === undefined) continue;
      const kept = new Set(effectiveLabels(after).map(({ label }) => label));
      for (const { label } of effectiveLabels(before)) {
        if (kept.has(label)) continue;
        yield {
          file: context.file,
          span: modelPlace(after),
          message: `label "${label}" of "${nameOf(after)}" is gone with this reload: requests for it fail`,
        };
      }
    }
  },
});
