import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/autoscale-range",
  summary: "autoscaling has a range",
  severity: "error",
  effect: "fatal",
  why: "Kubernetes refuses an autoscaler with fewer pods at most than at least",
  mend: "set maxReplicas to minReplicas or more",
  evidence: ["Kubernetes API: HorizontalPodAutoscalerSpec"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
kubernetes: { modelVolume: image, autoscale: { minReplicas: 3, maxReplicas: 2 } }
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
kubernetes: { modelVolume: image, autoscale: { minReplicas: 2, maxReplicas: 3 } }
`,
        },
      },
    ],
  },
  *check(context) {
    const scale = context.resolved.kubernetes?.autoscale;
    if (scale === undefined || scale.minReplicas <= scale.maxReplicas) return;
    yield context.finding(
      ["kubernetes", "autoscale", "maxReplicas"],
      `maxReplicas is ${scale.maxReplicas}, below minReplicas ${scale.minReplicas}`,
      "Kubernetes refuses such an autoscaler; raise maxReplicas",
    );
  },
});
