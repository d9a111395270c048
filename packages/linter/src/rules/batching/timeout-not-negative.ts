import { defineLintRule } from "../../finding.ts";
import { queueError } from "../../queue-error.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/timeout-not-negative",
  summary: "batch_timeout_micros is not negative",
  severity: "error",
  effect: "fatal",
  why: "The batch queue cannot be made, and from 2.6 on the server dies of a segmentation fault while loading, without a word.",
  mend: "Give 0 (never wait) or microseconds.",
  evidence: [
    "TensorFlow core/kernels/batching_util/shared_batch_scheduler.h",
    "tensorflow_model_server 2.17.1, run",
  ],
  logTexts: ["batch_timeout_micros must be non-negative; was …"],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "batch_timeout_micros { value: -1 }\n" } }],
    good: [{ files: { "batching_parameters.txt": "batch_timeout_micros { value: 0 }\n" } }],
  },
  *check(context) {
    const timeout = context.view.batchTimeoutMicros;
    if (context.role === "pool" || timeout === undefined || timeout.value >= 0n) return;
    yield {
      ...placeIn(context, timeout.span),
      message: `batch_timeout_micros is ${timeout.value}`,
      ...queueError(context.version),
    };
  },
});
