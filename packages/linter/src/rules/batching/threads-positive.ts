import { defineLintRule, stage } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/threads-positive",
  summary: "num_batch_threads is at least 1",
  severity: "error",
  effect: "fatal",
  why: "The thread pool cannot be made: the server exits with 255 before it looks for any model. A wrapper without a value (`{}`) is 0.",
  mend: "Give the number of batches that may run at a time, commonly the number of CPU cores.",
  evidence: [
    "TensorFlow core/kernels/batching_util/shared_batch_scheduler.h",
    "recorded starts bat-thr-0, bat-thr-neg, bat-thr-empty",
  ],
  logTexts: ["num_batch_threads must be positive; was …"],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "num_batch_threads { value: 0 }\n" } }],
    good: [{ files: { "batching_parameters.txt": "num_batch_threads { value: 4 }\n" } }],
  },
  *check(context) {
    const threads = context.view.numBatchThreads;
    // In a version folder the number is not read at all.
    if (context.role === "sizes" || threads === undefined) return;
    const narrowed = BigInt.asIntN(32, threads.value);
    if (narrowed >= 1n) return;
    yield {
      ...placeIn(context, threads.span),
      message: `num_batch_threads is ${threads.value}, but the server needs at least 1`,
      fate: { stage: stage.adapters, prediction: "exits" },
    };
  },
});
