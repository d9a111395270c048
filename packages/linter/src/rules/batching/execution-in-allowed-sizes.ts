import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { splits } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/execution-in-allowed-sizes",
  summary: "max_execution_batch_size is one of allowed_batch_sizes",
  severity: "warning",
  effect: "degrades",
  since: "2.4.0",
  why: "A piece is padded to the next allowed size even beyond max_execution_batch_size: with 32 and the list [8, 64] a piece of 20 rows runs as 64.",
  mend: "Put max_execution_batch_size into the list (which must still end with max_batch_size).",
  evidence: [
    "tensorflow/serving batching/batching_util.cc, servables/tensorflow/bundle_factory_util.cc",
    "tensorflow_model_server 2.17.1, run",
  ],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 64 }\nmax_execution_batch_size { value: 32 }\nenable_large_batch_splitting { value: true }\nallowed_batch_sizes: [8, 64]\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 64 }\nmax_execution_batch_size { value: 32 }\nenable_large_batch_splitting { value: true }\nallowed_batch_sizes: [8, 32, 64]\n",
        },
      },
    ],
  },
  *check(context) {
    const { view } = context;
    const execution = view.maxExecutionBatchSize;
    if (context.role === "pool" || !splits(view) || execution === undefined || execution.value <= 0n) return;
    if (view.allowedBatchSizes.length === 0 || view.misread.has("allowed_batch_sizes")) return;
    if (view.allowedBatchSizes.some((size) => size.value === execution.value)) return;
    const next = view.allowedBatchSizes.find((size) => size.value > execution.value);
    if (next === undefined) return;
    yield {
      ...placeIn(context, execution.span),
      message: `max_execution_batch_size ${execution.value} is not in allowed_batch_sizes: a full piece is padded to ${next.value}`,
    };
  },
});
