import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/label-within-policy",
  summary: "a version label points at a version that the policy serves",
  severity: "error",
  effect: "request-fails",
  why: "the server accepts the label but never loads the version, so that requests by the label fail with NOT_FOUND",
  mend: "add the version to the policy, or point the label at one of its versions",
  evidence: ["tensorflow_serving/model_servers/server_core.cc:549-614", "recorded start on 2.17.1"],
  logTexts: ["Servable not found for request: Specific(…, …)"],
  symptoms: [30],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    versionPolicy: { specific: [1] }
    labels: { stable: 1, canary: 2 }
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
    versionPolicy: { specific: [1, 2] }
    labels: { stable: 1, canary: 2 }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.resolved.models) {
      const policy = model.versionPolicy;
      if (policy?.kind !== "specific") continue;
      for (const [label, version] of model.labels) {
        if (policy.versions.includes(version)) continue;
        yield context.finding(
          modelPath(model, "labels", label),
          `label ${quoted(label)} of model ${quoted(model.name)} points at version ${version}, which its policy does not serve`,
          `the version is never loaded and requests by the label fail with NOT_FOUND; the policy serves ${policy.versions.join(", ")}`,
          { related: [{ message: "the policy", path: modelPath(model, "versionPolicy") }] },
        );
      }
    }
  },
});
