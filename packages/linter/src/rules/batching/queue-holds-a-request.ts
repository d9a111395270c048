import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { effectiveExecutionSize, effectiveMaxBatchSize, splits } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/queue-holds-a-request",
  summary: "the queue has room for the largest request",
  severity: "error",
  effect: "request-fails",
  since: "2.4.0",
  why: "A request that is split needs room for all its pieces: more than max_enqueued_batches × max_execution_batch_size rows are refused UNAVAILABLE even by an idle server.",
  mend: "Raise max_enqueued_batches (10 if left out), or lower max_batch_size.",
  evidence: ["TensorFlow core/kernels/batching_util/shared_batch_scheduler.h, run with TensorFlow 2.17.1"],
  logTexts: [
    "The batch scheduling queue to which this task was submitted is full; task size is … but scheduling capacity is only …",
  ],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 64 }\nmax_execution_batch_size { value: 4 }\nenable_large_batch_splitting { value: true }\nmax_enqueued_batches { value: 2 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 64 }\nmax_execution_batch_size { value: 4 }\nenable_large_batch_splitting { value: true }\nmax_enqueued_batches { value: 100 }\n",
        },
      },
    ],
  },
  *check(context) {
    const { view } = context;
    if (context.role === "pool" || !splits(view) || view.maxBatchSize === undefined) return;
    if (view.misread.has("max_enqueued_batches") || view.misread.has("max_execution_batch_size")) return;
    const queue = BigInt.asUintN(64, view.maxEnqueuedBatches?.value ?? 10n);
    const piece = effectiveExecutionSize(view);
    const max = effectiveMaxBatchSize(view);
    if (piece === 0n || queue === 0n || piece > max || queue * piece >= max) return;
    yield {
      ...placeIn(context, view.maxEnqueuedBatches?.span ?? view.maxBatchSize.span),
      message: `the queue holds ${queue} × ${piece} = ${queue * piece} rows, but a request may have ${max}`,
    };
  },
});
