import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/labels-need-flag",
  summary: "labels at start are allowed for versions that are not loaded yet",
  severity: "error",
  effect: "fatal",
  why: "labels are applied before any version is loaded, so that the server exits with FAILED_PRECONDITION",
  mend: "leave loading.allowLabelsForUnavailableModels out, or set it to true",
  evidence: ["tensorflow_serving/model_servers/server_core.cc:560-584", "recorded start on 2.17.1"],
  logTexts: [
    "Request to assign label to version … of model …, which is not currently available for inference",
  ],
  symptoms: [26],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    versionPolicy: { specific: [1] }
    labels: { stable: 1 }
loading:
  allowLabelsForUnavailableModels: false
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    versionPolicy: { specific: [1] }
    labels: { stable: 1 }
`,
        },
      },
    ],
  },
  *check(context) {
    const labelled = context.resolved.models.find((model) => model.labels.length > 0);
    if (labelled === undefined || context.resolved.loading.allowLabelsForUnavailableModels === true) return;
    if (context.spec.loading?.allowLabelsForUnavailableModels === false) {
      yield context.finding(
        ["loading", "allowLabelsForUnavailableModels"],
        `model ${quoted(labelled.name)} has labels, but allowLabelsForUnavailableModels is false`,
        "labels are applied before any version is loaded, so that the server exits at start; remove the key or set it to true",
        { related: [{ message: "the labels", path: modelPath(labelled, "labels"), part: "key" }] },
      );
      return;
    }
    yield context.finding(
      modelPath(labelled, "labels"),
      `model ${quoted(labelled.name)} has labels, which TensorFlow Serving ${context.resolved.tfsVersion} refuses at start`,
      "labels are applied before any version is loaded, and the flag that allows it came with 1.15; use a newer version, or set labels by a reload after the start",
      { part: "key" },
    );
  },
});
