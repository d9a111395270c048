import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/sizes-are-the-versions",
  summary: "in per-model mode the server's batching file sets the thread pool only",
  severity: "warning",
  effect: "silent",
  since: "2.11.0",
  why: "With `--enable_per_model_batching_parameters` sizes, timeout, queue and padding come from batching_params.pbtxt in each version folder; those of the server's file are ignored, also for versions without such a file.",
  mend: "Move them to batching_params.pbtxt of each version.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.cc",
    "recorded starts x11-permodel-global-ignored, x11-permodel-none-pad",
  ],
  symptoms: [37],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_config_file=models.config\n--rest_api_port=8501\n--file_system_poll_wait_seconds=60\n--enable_batching=true\n--enable_per_model_batching_parameters=true\n--batching_parameters_file=batching_parameters.txt",
          "models.config":
            'model_config_list { config { name: "a" base_path: "gs://m/a" model_platform: "tensorflow" } }\n',
          "batching_parameters.txt": "max_batch_size { value: 8 }\nnum_batch_threads { value: 4 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--model_config_file=models.config\n--rest_api_port=8501\n--file_system_poll_wait_seconds=60\n--enable_batching=true\n--enable_per_model_batching_parameters=true\n--batching_parameters_file=batching_parameters.txt",
          "models.config":
            'model_config_list { config { name: "a" base_path: "gs://m/a" model_platform: "tensorflow" } }\n',
          "batching_parameters.txt": "num_batch_threads { value: 4 }\n",
        },
      },
    ],
  },
  *check(context) {
    if (context.role !== "pool") return;
    const { view } = context;
    for (const [name, field] of [
      ["max_batch_size", view.maxBatchSize],
      ["batch_timeout_micros", view.batchTimeoutMicros],
      ["max_enqueued_batches", view.maxEnqueuedBatches],
      ["allowed_batch_sizes", view.allowedBatchSizes[0]],
      ["pad_variable_length_inputs", view.padVariableLengthInputs],
      ["enable_large_batch_splitting", view.enableLargeBatchSplitting],
      ["max_execution_batch_size", view.maxExecutionBatchSize],
    ] as const) {
      if (field === undefined) continue;
      yield { ...placeIn(context, field.field), message: `${name} is ignored: per-model batching is on` };
    }
  },
});
