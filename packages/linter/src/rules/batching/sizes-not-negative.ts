import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/sizes-not-negative",
  summary: "batch sizes and queue lengths are not negative",
  severity: "error",
  effect: "silent",
  why: "The number is taken as unsigned: a negative one means practically unlimited, so memory is the only limit left.",
  mend: "Give the limit that is meant.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.h",
    "recorded starts bat-mbs-neg, bat-enq-neg",
  ],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "max_batch_size { value: -1 }\n" } }],
    good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 64 }\n" } }],
  },
  *check(context) {
    if (context.role === "pool") return;
    const { view } = context;
    for (const [name, field] of [
      ["max_batch_size", view.maxBatchSize],
      ["max_enqueued_batches", view.maxEnqueuedBatches],
      ["max_execution_batch_size", view.maxExecutionBatchSize],
    ] as const) {
      if (field === undefined || field.value >= 0n) continue;
      yield {
        ...placeIn(context, field.span),
        message: `${name} is ${field.value}, which the server takes for unlimited`,
      };
    }
  },
});
