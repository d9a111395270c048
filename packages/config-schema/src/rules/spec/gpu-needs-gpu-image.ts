import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/gpu-needs-gpu-image",
  summary: "GPU settings go with a GPU image",
  severity: "warning",
  effect: "silent",
  why: "the CPU image holds no CUDA: GPUs stay unused without a message",
  mend: "set server.image to gpu, or remove the GPU settings",
  evidence: ["tensorflow_serving/tools/docker/Dockerfile"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { image: cpu }
models:
  - name: m
    path: ./m
resources: { gpus: all }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `server: { image: gpu }
models:
  - name: m
    path: ./m
resources: { gpus: all }
`,
        },
      },
    ],
  },
  *check(context) {
    const { image } = context.resolved;
    if (image.variant === "gpu") return;
    for (const key of ["gpus", "gpuMemoryFraction", "gpuAllowGrowth"] as const) {
      if (context.spec.resources?.[key] === undefined) continue;
      yield context.finding(
        ["resources", key],
        `resources.${key} is given, but ${image.reference} is a CPU image`,
        "the server would start and leave the GPU unused; set server.image to gpu, or for an image of your own { reference: …, variant: gpu }",
        { part: "key" },
      );
    }
  },
});
