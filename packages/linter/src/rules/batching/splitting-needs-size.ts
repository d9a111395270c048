import { compareVersions } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { splits } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/splitting-needs-size",
  summary: "splitting knows how large a piece is",
  severity: "error",
  effect: "request-fails",
  since: "2.4.0",
  why: "Without max_execution_batch_size the piece is max_batch_size as written, which is 0 when that is left out too (its default of 1000 does not count here). With pieces of 0 the queue has no room: every request is answered UNAVAILABLE, although the start looks fine.",
  mend: "Set max_batch_size, or max_execution_batch_size above 0.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.h",
    "recorded starts bat-split-nothing, bat-split-exec-0",
  ],
  logTexts: [
    "The batch scheduling queue to which this task was submitted is full; task size is … but scheduling capacity is only 0 …",
  ],
  examples: {
    bad: [
      { files: { "batching_parameters.txt": "enable_large_batch_splitting { value: true }\n" } },
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\nenable_large_batch_splitting { value: true }\nmax_execution_batch_size { value: 0 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\nenable_large_batch_splitting { value: true }\n",
        },
      },
    ],
  },
  *check(context) {
    const { view } = context;
    if (context.role === "pool" || !splits(view) || compareVersions(context.version, "2.4.0-rc0") < 0) return;
    if (view.maxExecutionBatchSize?.value === 0n) {
      yield {
        ...placeIn(context, view.maxExecutionBatchSize.span),
        message: "max_execution_batch_size is 0: no request fits into the queue",
      };
    } else if (
      view.maxExecutionBatchSize === undefined &&
      view.maxBatchSize === undefined &&
      !view.misread.has("max_batch_size") &&
      !view.misread.has("max_execution_batch_size")
    ) {
      yield {
        ...placeIn(context, view.enableLargeBatchSplitting?.field ?? view.span),
        message: "splitting is on, but neither max_batch_size nor max_execution_batch_size is set",
      };
    }
  },
});
