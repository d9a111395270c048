import { defineLintRule } from "../../finding.ts";
import { queueError } from "../../queue-error.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { splits } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/queue-not-empty",
  summary: "max_enqueued_batches is at least 1",
  severity: "warning",
  effect: "silent",
  why: "0 is silently taken for 1; together with enable_large_batch_splitting the queue cannot be made, and from 2.6 on the server dies of a segmentation fault while loading.",
  mend: "Give at least 1; for online serving about num_batch_threads.",
  evidence: [
    "TensorFlow core/kernels/batching_util/shared_batch_scheduler.h",
    "recorded starts bat-enq-0, bat-enq-0-split",
  ],
  logTexts: ["max_enqueued_batches must be positive; was …"],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "max_enqueued_batches { value: 0 }\n" } }],
    good: [{ files: { "batching_parameters.txt": "max_enqueued_batches { value: 8 }\n" } }],
  },
  *check(context) {
    const queue = context.view.maxEnqueuedBatches;
    if (context.role === "pool" || queue === undefined || queue.value !== 0n) return;
    const place = placeIn(context, queue.span);
    if (splits(context.view)) {
      yield {
        ...place,
        severity: "error",
        message: "max_enqueued_batches is 0 while large batches are split",
        ...queueError(context.version),
      };
    } else {
      yield { ...place, message: "max_enqueued_batches is 0, which counts as 1" };
    }
  },
});
