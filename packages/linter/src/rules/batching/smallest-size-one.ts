import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/smallest-size-one",
  summary: "single requests are not padded far",
  severity: "info",
  effect: "degrades",
  why: "Every batch is padded up to the next allowed size: a lone request costs as much as the smallest one listed.",
  mend: "Begin the list with 1 if single requests are common.",
  evidence: ["tensorflow/serving#1529", "tensorflow/serving batching/batching_util.cc"],
  symptoms: [64],
  examples: {
    bad: [
      {
        files: { "batching_parameters.txt": "max_batch_size { value: 64 }\nallowed_batch_sizes: [32, 64]\n" },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt": "max_batch_size { value: 64 }\nallowed_batch_sizes: [1, 32, 64]\n",
        },
      },
    ],
  },
  *check(context) {
    if (context.role === "pool") return;
    const positive = context.view.allowedBatchSizes.filter((size) => size.value > 0n);
    const first = positive[0];
    const smallest = positive.map((size) => size.value).sort((a, b) => Number(a - b))[0] ?? 0n;
    if (first === undefined || smallest <= 2n) return;
    yield { ...placeIn(context, first.span), message: `a single row is padded to ${smallest} rows` };
  },
});
