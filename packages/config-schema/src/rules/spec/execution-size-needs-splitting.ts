import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/execution-size-needs-splitting",
  summary: "maxExecutionBatchSize goes with enableLargeBatchSplitting",
  severity: "warning",
  effect: "silent",
  why: "without splitting the server ignores maxExecutionBatchSize",
  mend: "set enableLargeBatchSplitting: true, or remove maxExecutionBatchSize",
  evidence: ["tensorflow_serving/servables/tensorflow/bundle_factory_util.h:123-136"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { maxBatchSize: 64, maxExecutionBatchSize: 16 }
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
batching: { maxBatchSize: 64, enableLargeBatchSplitting: true, maxExecutionBatchSize: 16 }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      if (resolved.maxExecutionBatchSize === undefined || resolved.enableLargeBatchSplitting === true)
        continue;
      yield context.finding(
        [...path, "maxExecutionBatchSize"],
        `maxExecutionBatchSize is ${resolved.maxExecutionBatchSize}, but large batches are not split`,
        "the server ignores it; set enableLargeBatchSplitting: true, or remove it",
        { part: "key" },
      );
    }
  },
});
