import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { defaultMaxBatchSize } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/allowed-sizes-in-range",
  summary: "allowed_batch_sizes lie between 1 and max_batch_size",
  severity: "error",
  effect: "silent",
  why: "Zero, negative and too large entries are accepted without a word: the first two are never used, a larger one pads batches beyond max_batch_size.",
  mend: "Remove the entry.",
  evidence: [
    "tensorflow/serving batching/batching_util.cc",
    "recorded starts bat-abs-zero, bat-abs-over-then-last",
  ],
  examples: {
    bad: [
      { files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [0, 8]\n" } },
    ],
    good: [
      { files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [1, 8]\n" } },
    ],
  },
  *check(context) {
    if (context.role === "pool" || context.view.misread.has("max_batch_size")) return;
    const sizes = context.view.allowedBatchSizes;
    const max = context.view.maxBatchSize?.value ?? defaultMaxBatchSize;
    for (const [index, size] of sizes.entries()) {
      // The last entry is judged against the maximum by its own rule.
      const over = max > 0n && size.value > max && index < sizes.length - 1;
      if (size.value >= 1n && !over) continue;
      yield {
        ...placeIn(context, size.span),
        message: over
          ? `allowed_batch_sizes holds ${size.value}, more than max_batch_size ${max}`
          : `allowed_batch_sizes holds ${size.value}`,
      };
    }
  },
});
