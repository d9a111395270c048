import { defineLintRule } from "../../finding.ts";
import { queueError } from "../../queue-error.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { effectiveExecutionSize, effectiveMaxBatchSize, splits } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/execution-within-max",
  summary: "max_execution_batch_size is not larger than max_batch_size",
  severity: "error",
  effect: "fatal",
  since: "2.4.0",
  why: "The batch queue cannot be made, and from 2.6 on the server dies of a segmentation fault while loading, without a word.",
  mend: "Lower max_execution_batch_size or raise max_batch_size (1000 if left out).",
  evidence: [
    "TensorFlow core/kernels/batching_util/shared_batch_scheduler.h",
    "recorded start bat-split-exec-over",
  ],
  logTexts: [
    "When enable_large_batch_splitting is true, input_batch_size_limit must be greater than or equal to max_execution_batch_size.…",
  ],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\nenable_large_batch_splitting { value: true }\nmax_execution_batch_size { value: 16 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 16 }\nenable_large_batch_splitting { value: true }\nmax_execution_batch_size { value: 8 }\n",
        },
      },
    ],
  },
  *check(context) {
    const { view } = context;
    const execution = view.maxExecutionBatchSize;
    if (context.role === "pool" || !splits(view) || execution === undefined) return;
    if (view.misread.has("max_batch_size")) return;
    const max = effectiveMaxBatchSize(view);
    // max_batch_size 0 is another rule's business.
    if (max === 0n || effectiveExecutionSize(view) <= max) return;
    yield {
      ...placeIn(context, execution.span),
      message: `max_execution_batch_size ${execution.value} is larger than max_batch_size ${max}`,
      ...(view.maxBatchSize === undefined
        ? {}
        : {
            related: [
              { message: "max_batch_size is set here", file: context.file, span: view.maxBatchSize.span },
            ],
          }),
      ...queueError(context.version),
    };
  },
});
