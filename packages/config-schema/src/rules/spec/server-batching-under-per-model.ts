import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/server-batching-under-per-model",
  summary: "server-wide queue settings are not given beside per-model ones",
  severity: "warning",
  effect: "silent",
  why: "with per-model parameters the server takes only the thread pool from the server-wide section",
  mend: "move the settings to each model",
  evidence: [
    "tensorflow_serving/servables/tensorflow/bundle_factory_util.cc:66-85",
    "recorded start on 2.17.1",
  ],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    batching: { maxBatchSize: 8 }
batching: { maxBatchSize: 16 }
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
    batching: { maxBatchSize: 8 }
batching: { numBatchThreads: 2 }
`,
        },
      },
    ],
  },
  *check(context) {
    if (!context.resolved.perModelBatching || typeof context.spec.batching !== "object") return;
    for (const key of Object.keys(context.spec.batching)) {
      if (key === "enabled" || key === "numBatchThreads" || key === "threadPoolName") continue;
      yield context.finding(
        ["batching", key],
        `batching.${key} is ignored, because a model has its own batching parameters`,
        "with per-model parameters the server takes only numBatchThreads and threadPoolName from here; move the value to the models that need it",
        { part: "key" },
      );
    }
  },
});
