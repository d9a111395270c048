import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/pool-is-the-servers",
  summary: "a version's batching file does not set the thread pool",
  severity: "error",
  effect: "silent",
  since: "2.11.0",
  why: "The thread pool is made once, from the server's own batching file: num_batch_threads and thread_pool_name in batching_params.pbtxt do nothing.",
  mend: "Move them to the file of `--batching_parameters_file`.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.h",
    "recorded start x11-permodel-threads",
  ],
  examples: {
    bad: [
      { files: { "batching_params.pbtxt": "max_batch_size { value: 8 }\nnum_batch_threads { value: 4 }\n" } },
    ],
    good: [{ files: { "batching_params.pbtxt": "max_batch_size { value: 8 }\n" } }],
  },
  *check(context) {
    if (context.role !== "sizes") return;
    for (const [name, field] of [
      ["num_batch_threads", context.view.numBatchThreads],
      ["thread_pool_name", context.view.threadPoolName],
    ] as const) {
      if (field === undefined) continue;
      yield {
        ...placeIn(context, field.field),
        message: `${name} does nothing in a version's own batching file`,
      };
    }
  },
});
