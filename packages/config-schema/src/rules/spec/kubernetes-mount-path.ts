import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/kubernetes-mount-path",
  summary: "Kubernetes can mount the models where the spec puts them",
  severity: "error",
  effect: "fatal",
  why: "the API server refuses a Deployment with a colon in a mountPath, so nothing is rolled out",
  mend: "choose a container path without a colon",
  evidence: ["https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    containerPath: /data/m:stable
kubernetes: { modelVolume: { claim: models } }
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
    containerPath: /data/m-stable
kubernetes: { modelVolume: { claim: models } }
`,
        },
      },
    ],
  },
  *check(context) {
    const { kubernetes, models } = context.resolved;
    if (kubernetes === undefined || kubernetes.modelVolume.kind === "image") return;
    const local = models.filter((model) => model.path !== undefined);
    // Models that all lie right below /models are mounted together, by that folder.
    if (local.every((model) => /^\/models\/[^/]+$/.test(model.basePath))) return;
    for (const model of local) {
      if (!model.basePath.includes(":")) continue;
      yield context.finding(
        modelPath(model, "containerPath"),
        `model ${quoted(model.name)} cannot be mounted at ${quoted(model.basePath)} in Kubernetes`,
        "a mountPath must not hold a colon; give the model a containerPath without one",
      );
    }
  },
});
