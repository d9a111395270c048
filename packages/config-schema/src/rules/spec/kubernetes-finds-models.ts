import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/kubernetes-finds-models",
  summary: "Kubernetes manifests say where local models come from",
  severity: "error",
  effect: "hangs",
  why: "a pod cannot see a folder of this host; without its models the server waits for ever with closed ports",
  mend: "give kubernetes.modelVolume, or a uri for each model",
  evidence: ["tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc:250-262"],
  symptoms: [4],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
kubernetes: true
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
kubernetes: { modelVolume: { claim: models } }
`,
        },
      },
    ],
  },
  *check(context) {
    const written =
      typeof context.spec.kubernetes === "object" ? context.spec.kubernetes.modelVolume : undefined;
    if (context.resolved.kubernetes === undefined || written !== undefined) return;
    const local = context.resolved.models.find((model) => model.path !== undefined);
    if (local === undefined) return;
    yield context.finding(
      ["kubernetes"],
      `kubernetes does not say where the folder of model ${quoted(local.name)} comes from`,
      "a pod does not see the folders of this host; give modelVolume: { claim: NAME } for a persistent volume claim, { hostPath: /folder } for a folder of every node, or image if they are baked into the image",
      { part: "key", related: [{ message: "the model's folder", path: modelPath(local, "path") }] },
    );
  },
});
