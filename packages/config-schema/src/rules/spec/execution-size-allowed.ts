import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/execution-size-allowed",
  summary: "with splitting, maxExecutionBatchSize is one of the allowed sizes",
  severity: "warning",
  effect: "degrades",
  why: "a full piece is padded to the next allowed size, beyond the execution size",
  mend: "add maxExecutionBatchSize to allowedBatchSizes",
  evidence: ["tensorflow_serving/batching/batching_util.cc:211-228", "recorded batches on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { maxBatchSize: 64, allowedBatchSizes: [8, 64], enableLargeBatchSplitting: true, maxExecutionBatchSize: 32 }
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
batching: { maxBatchSize: 64, allowedBatchSizes: [8, 32, 64], enableLargeBatchSplitting: true, maxExecutionBatchSize: 32 }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      const { allowedBatchSizes, maxExecutionBatchSize: execution, maxBatchSize = 1000 } = resolved;
      if (resolved.enableLargeBatchSplitting !== true || allowedBatchSizes === undefined) continue;
      if (execution === undefined || execution > maxBatchSize || allowedBatchSizes.includes(execution))
        continue;
      const next = allowedBatchSizes.find((size) => size >= execution);
      if (next === undefined) continue;
      yield context.finding(
        [...path, "allowedBatchSizes"],
        `allowedBatchSizes lacks maxExecutionBatchSize ${execution}`,
        `a full piece of ${execution} rows is padded to ${next}, so that every one wastes ${next - execution} rows; add ${execution} to the list`,
        { part: "key" },
      );
    }
  },
});
