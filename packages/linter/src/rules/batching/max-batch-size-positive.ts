import { defineLintRule } from "../../finding.ts";
import { queueError } from "../../queue-error.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/max-batch-size-positive",
  summary: "max_batch_size is not 0",
  severity: "error",
  effect: "fatal",
  why: "The batch queue cannot be made. From 2.6 on the server does not survive that: it dies of a segmentation fault while loading the first model, without a word, also at run time when such a model is loaded. A wrapper without a value (`{}`) is 0.",
  mend: "Give the largest request in rows that shall be taken, or leave the field out (1000).",
  evidence: [
    "tensorflow/serving batching/batching_session.cc",
    "recorded starts bat-mbs-0, x11-permodel-mbs0",
  ],
  logTexts: ["input_batch_size_limit must be positive; was …"],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "max_batch_size { value: 0 }\n" } }],
    good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 32 }\n" } }],
  },
  *check(context) {
    const size = context.view.maxBatchSize;
    if (context.role === "pool" || size === undefined || size.value !== 0n) return;
    yield { ...placeIn(context, size.span), message: "max_batch_size is 0", ...queueError(context.version) };
  },
});
