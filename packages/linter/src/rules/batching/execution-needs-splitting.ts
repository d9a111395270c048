import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { splits } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/execution-needs-splitting",
  summary: "max_execution_batch_size comes with enable_large_batch_splitting",
  severity: "warning",
  effect: "silent",
  since: "2.4.0",
  why: "Without splitting the field is ignored: batches are limited by max_batch_size.",
  mend: "Add `enable_large_batch_splitting { value: true }`, or drop the field.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.h",
    "recorded start bat-split-false-exec",
  ],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt": "max_batch_size { value: 64 }\nmax_execution_batch_size { value: 16 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 64 }\nmax_execution_batch_size { value: 16 }\nenable_large_batch_splitting { value: true }\n",
        },
      },
    ],
  },
  *check(context) {
    const execution = context.view.maxExecutionBatchSize;
    if (context.role === "pool" || execution === undefined || splits(context.view)) return;
    if (context.view.misread.has("enable_large_batch_splitting")) return;
    yield {
      ...placeIn(context, execution.field),
      message: `max_execution_batch_size ${execution.value} does nothing without enable_large_batch_splitting`,
    };
  },
});
