import type { PackedSchemas } from "./unpack-schemas.ts";

/** Fields and messages that a version added to those of 2.17.1. */
interface Addition {
  /** First version of TensorFlow Serving that has them. */
  readonly since: string;
  readonly fields: PackedSchemas["messages"];
  readonly messages: PackedSchemas["messages"];
}

/**
 * Sources: the .proto files of tensorflow/serving at tags 2.18.0, 2.19.0 and 2.20.0; for ConfigProto the descriptors of
 * TensorFlow 2.20.0 (whether 2.18 or 2.19 had these fields already is not known).
 */
export const additions: readonly Addition[] = [
  {
    since: "2.19.0",
    fields: {
      "tensorflow.serving.LoggingConfig": [[["custom_logging_config", 3, "google.protobuf.Any", "m"]]],
      "tensorflow.serving.SessionBundleConfig": [
        [["in_graph_batching_parameters", 7, "tensorflow.BatchingOptions", "m"]],
      ],
    },
    messages: {
      "tensorflow.BatchingOptions": [
        [
          ["num_batch_threads", 1, "int32"],
          ["max_batch_size", 2, "int32"],
          ["batch_timeout_micros", 3, "int32"],
          ["allowed_batch_sizes", 4, "int32", "rp"],
          ["max_enqueued_batches", 5, "int32"],
        ],
      ],
    },
  },
  {
    since: "2.20.0",
    fields: {
      "tensorflow.serving.SamplingConfig": [
        [["per_task_sampling_configs", 3, "tensorflow.serving.PerTaskSamplingConfig", "mr"]],
      ],
      "tensorflow.ConfigProto": [[["pluggable_device_options", 18, "tensorflow.GPUOptions", "m"]]],
      "tensorflow.ConfigProto.Experimental": [
        [
          ["tfrt_use_ifrt", 32, "bool"],
          ["finalize_function_library_runtime", 33, "bool"],
          ["finalize_resource_manager", 34, "bool"],
        ],
      ],
      "tensorflow.CoordinationServiceConfig": [
        [
          ["poll_for_error_from_service_at_startup", 13, "bool"],
          ["cluster_register_with_barrier", 14, "bool"],
        ],
      ],
    },
    messages: {
      "tensorflow.serving.PerTaskSamplingConfig": [
        [
          ["dc", 1, "string"],
          ["task_index", 2, "int32", "o"],
          ["sampling_rate", 3, "double"],
        ],
      ],
    },
  },
];

/**
 * First version that has a field, where that is later than 1.13.0, by message and field. `use_tflite_model` (1.15 to 2.2,
 * renamed `prefer_tflite_model`) and `ModelConfig.alias` (2.4 only) are not in the schemas.
 * Source: the .proto files of tensorflow/serving at every minor version.
 */
export const fieldsSince: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "tensorflow.serving.BatchingParameters": {
    enable_large_batch_splitting: "2.4.0",
    max_execution_batch_size: "2.4.0",
  },
  "tensorflow.serving.LoggingConfig": { custom_logging_config: "2.19.0" },
  "tensorflow.serving.ModelWarmupOptions": {
    num_model_warmup_threads: "2.10.0",
    model_name: "2.14.0",
    model_version: "2.14.0",
    enable_all_batch_sizes_warmup: "2.14.0",
  },
  "tensorflow.serving.SamplingConfig": { attributes: "2.12.0", per_task_sampling_configs: "2.20.0" },
  "tensorflow.serving.SessionBundleConfig": {
    in_graph_batching_parameters: "2.19.0",
    model_warmup_options: "1.14.0",
    enable_session_metadata: "1.15.0",
    remove_unused_fields_from_bundle_metagraph: "1.15.0",
    prefer_tflite_model: "2.3.0",
    resource_estimation_uses_validation_result: "2.4.0",
    num_tflite_interpreters: "2.5.0",
    num_tflite_interpreters_per_pool: "2.5.0",
    num_tflite_pools: "2.5.0",
    wrap_session_with_no_threading_params: "2.8.0",
    enable_per_model_batching_params: "2.11.0",
    enable_saved_model_config: "2.14.0",
    mixed_precision: "2.15.0",
  },
};
