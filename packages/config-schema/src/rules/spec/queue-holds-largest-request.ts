import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/queue-holds-largest-request",
  summary: "with splitting, an empty queue holds the largest request",
  severity: "error",
  effect: "request-fails",
  why: "a request of more rows than maxEnqueuedBatches x maxExecutionBatchSize is refused as UNAVAILABLE even by an idle server",
  mend: "raise maxEnqueuedBatches",
  evidence: ["tensorflow/core/kernels/batching_util/shared_batch_scheduler.h", "run of the scheduler"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { maxBatchSize: 64, maxEnqueuedBatches: 2, enableLargeBatchSplitting: true, maxExecutionBatchSize: 16 }
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
batching: { maxBatchSize: 64, maxEnqueuedBatches: 4, enableLargeBatchSplitting: true, maxExecutionBatchSize: 16 }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      if (resolved.enableLargeBatchSplitting !== true) continue;
      const {
        maxBatchSize = 1000,
        maxExecutionBatchSize = resolved.maxBatchSize,
        maxEnqueuedBatches = 10,
      } = resolved;
      if (maxExecutionBatchSize === undefined || maxEnqueuedBatches * maxExecutionBatchSize >= maxBatchSize)
        continue;
      yield context.finding(
        [...path, resolved.maxEnqueuedBatches === undefined ? "maxExecutionBatchSize" : "maxEnqueuedBatches"],
        `a queue of ${maxEnqueuedBatches} batches of ${maxExecutionBatchSize} holds ${maxEnqueuedBatches * maxExecutionBatchSize} rows, fewer than maxBatchSize ${maxBatchSize}`,
        `requests of up to ${maxBatchSize} rows are allowed, yet larger ones than the queue are refused as UNAVAILABLE even by an idle server; set maxEnqueuedBatches to ${Math.ceil(maxBatchSize / maxExecutionBatchSize)} or more`,
      );
    }
  },
});
