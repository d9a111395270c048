import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/label-under-latest",
  summary: "a version label does not depend on what is latest",
  severity: "warning",
  effect: "request-fails",
  why: "a label is a fixed number; under policy latest a newer version replaces the labelled one and the label dangles",
  mend: "pin the labelled versions with versionPolicy: { specific: [...] }",
  evidence: ["tensorflow_serving/model_servers/server_core.cc:512-584", "recorded reloads on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    labels: { stable: 1 }
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
    for (const model of context.resolved.models) {
      if (model.labels.length === 0 || (model.versionPolicy?.kind ?? "latest") !== "latest") continue;
      const versions = [...new Set(model.labels.map(([, version]) => version))];
      yield context.finding(
        modelPath(model, "labels"),
        `model ${quoted(model.name)} has labels, but its policy serves whatever is latest`,
        `a label is a fixed number: once newer versions are exported, the labelled one is unloaded and requests by the label fail; pin them with versionPolicy: { specific: [${versions.join(", ")}] }`,
        { part: "key" },
      );
    }
  },
});
