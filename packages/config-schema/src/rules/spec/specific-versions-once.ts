import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/specific-versions-once",
  summary: "a specific policy names each version once",
  severity: "warning",
  effect: "silent",
  why: "a version that is listed twice is served once, with an error in the log",
  mend: "list it once",
  evidence: ["tensorflow_serving/core/aspired_versions_manager.cc:329-364", "recorded start on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    versionPolicy: { specific: [1, 1] }
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
`,
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.resolved.models) {
      if (model.versionPolicy?.kind !== "specific") continue;
      const { versions } = model.versionPolicy;
      for (const [index, version] of versions.entries()) {
        if (versions.indexOf(version) === index) continue;
        yield context.finding(
          modelPath(model, "versionPolicy", "specific", index),
          `version ${version} of model ${quoted(model.name)} is listed twice`,
          "the server serves it once and logs an internal error; list it once",
        );
      }
    }
  },
});
