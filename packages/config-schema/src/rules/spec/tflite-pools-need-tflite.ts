import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/tflite-pools-need-tflite",
  summary: "TFLite pools go with TFLite models",
  severity: "warning",
  effect: "silent",
  why: "without preferTfliteModel the TFLite settings have no effect",
  mend: "set loading.preferTfliteModel to true, or remove them",
  evidence: [
    "tensorflow_serving/servables/tensorflow/saved_model_bundle_factory.cc:132,169-176",
    "recorded start on 2.17.1",
  ],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
runtime: { numTflitePools: 2 }
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
loading: { preferTfliteModel: true }
runtime: { numTflitePools: 2 }
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.loading.preferTfliteModel === true) return;
    for (const key of ["numTflitePools", "numTfliteInterpretersPerPool"] as const) {
      if (context.resolved.runtime[key] === undefined) continue;
      yield context.finding(
        ["runtime", key],
        `runtime.${key} is given, but TFLite models are not preferred`,
        "it has no effect; set loading.preferTfliteModel to true, or remove it",
        { part: "key" },
      );
    }
  },
});
