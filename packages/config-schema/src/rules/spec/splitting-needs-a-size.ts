import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/splitting-needs-a-size",
  summary: "splitting has a batch size to split at",
  severity: "error",
  effect: "request-fails",
  why: "with neither size set the server takes an execution size of 0 and refuses every request",
  mend: "set maxBatchSize or maxExecutionBatchSize",
  evidence: [
    "tensorflow_serving/servables/tensorflow/bundle_factory_util.h:123-136",
    "recorded requests on 2.17.1",
  ],
  logTexts: ["scheduling capacity is only 0"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { enableLargeBatchSplitting: true }
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
batching: { maxBatchSize: 64, enableLargeBatchSplitting: true }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      if (resolved.enableLargeBatchSplitting !== true) continue;
      if (resolved.maxBatchSize !== undefined || resolved.maxExecutionBatchSize !== undefined) continue;
      yield context.finding(
        [...path, "enableLargeBatchSplitting"],
        "large batches are split, but neither maxBatchSize nor maxExecutionBatchSize is set",
        "the server then takes an execution size of 0, starts, and refuses every request as UNAVAILABLE; set one of the two",
      );
    }
  },
});
