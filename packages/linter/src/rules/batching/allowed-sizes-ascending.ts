import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { effectiveMaxBatchSize } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/allowed-sizes-ascending",
  summary: "allowed_batch_sizes rise",
  severity: "error",
  effect: "silent",
  why: "The server pads a batch to the first listed size that fits, and never checks the order: an unsorted list silently pads too far, and entries behind a larger one are never used.",
  mend: "Sort the list and drop repeats.",
  evidence: [
    "tensorflow/serving batching/batching_util.cc (RoundToLowestAllowedBatchSize)",
    "recorded starts bat-abs-unordered, bat-abs-dup",
  ],
  logTexts: ["allowed_batch_sizes entries must be monotonically increasing"],
  symptoms: [20],
  fixable: true,
  examples: {
    bad: [
      {
        files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [4, 2, 8]\n" },
      },
    ],
    good: [
      {
        files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [2, 4, 8]\n" },
      },
    ],
  },
  *check(context) {
    const sizes = context.view.allowedBatchSizes;
    if (context.role === "pool") return;
    const wrong = sizes.findIndex(
      (size, index) => index > 0 && size.value <= (sizes[index - 1]?.value ?? size.value),
    );
    const entry = sizes[wrong];
    const before = sizes[wrong - 1];
    if (entry === undefined || before === undefined) return;
    const sorted = [...sizes].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
    const distinct = new Set(sizes.map((size) => size.value)).size === sizes.length;
    // The last one must stay max_batch_size, or the sorted list keeps every model from loading.
    const last = sizes.at(-1)?.value;
    const keepsLast = sorted.at(-1)?.value === last || last !== effectiveMaxBatchSize(context.view);
    yield {
      ...placeIn(context, entry.span),
      message:
        entry.value === before.value
          ? `allowed_batch_sizes lists ${entry.value} twice`
          : `allowed_batch_sizes falls from ${before.value} to ${entry.value}`,
      // Sorting keeps every entry in a place of its own, so comments stay; repeats would have to be removed with them.
      ...(distinct && keepsLast
        ? {
            fix: {
              title: "Sort allowed_batch_sizes",
              safety: "safe" as const,
              edits: sizes.flatMap((size, index) => {
                const value = sorted[index]?.value ?? size.value;
                return value === size.value ? [] : [{ ...size.span, newText: String(value) }];
              }),
            },
          }
        : {}),
    };
  },
});
