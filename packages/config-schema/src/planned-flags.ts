import type { ResolvedSpec } from "./resolved-spec.ts";

/** A generated (or named) text proto that a flag points at; where it lies depends on the target. */
export type FlagFile =
  | "model-server-config"
  | "batching-parameters"
  | "monitoring-config"
  | "ssl-config"
  | "session-config";

/** One flag that the spec asks for; `path` is the entry of the resolved spec behind it. */
export type PlannedFlag = { readonly name: string; readonly path: string } & (
  | { readonly value: string; readonly file?: undefined }
  | { readonly file: FlagFile; readonly value?: undefined }
);

/**
 * The flags of `tensorflow_model_server` that the spec asks for, in a fixed order, apart from ports and the flags of the
 * single model, which depend on the target, and `extraFlags`. Values left to the server give no flag.
 */
export function plannedFlags(resolved: ResolvedSpec): readonly PlannedFlag[] {
  const flags: PlannedFlag[] = [];
  const add = (name: string, path: string, value: boolean | number | string | undefined): void => {
    if (value !== undefined) flags.push({ name, path, value: String(value) });
  };
  const addFile = (name: string, path: string, file: FlagFile): void => {
    flags.push({ name, path, file });
  };
  const { grpc, rest, loading, warmup, runtime, parallelism, resources, batching } = resolved;
  if (resolved.modelMode === "config") addFile("model_config_file", "models", "model-server-config");
  add(
    "model_config_file_poll_wait_seconds",
    "loading.modelConfigPollSeconds",
    loading.modelConfigPollSeconds,
  );
  add("file_system_poll_wait_seconds", "loading.fileSystemPollSeconds", loading.fileSystemPollSeconds);
  add(
    "allow_version_labels_for_unavailable_models",
    "loading.allowLabelsForUnavailableModels",
    loading.allowLabelsForUnavailableModels,
  );
  add("saved_model_tags", "loading.savedModelTags", loading.savedModelTags?.join(","));
  add("num_load_threads", "loading.numLoadThreads", loading.numLoadThreads);
  add("num_unload_threads", "loading.numUnloadThreads", loading.numUnloadThreads);
  add("max_num_load_retries", "loading.maxLoadRetries", loading.maxLoadRetries);
  add("load_retry_interval_micros", "loading.loadRetryIntervalMicros", loading.loadRetryIntervalMicros);
  add("flush_filesystem_caches", "loading.flushFilesystemCaches", loading.flushFilesystemCaches);
  add(
    "remove_unused_fields_from_bundle_metagraph",
    "loading.removeUnusedFieldsFromBundleMetagraph",
    loading.removeUnusedFieldsFromBundleMetagraph,
  );
  add("prefer_tflite_model", "loading.preferTfliteModel", loading.preferTfliteModel);
  if (batching !== undefined) {
    add("enable_batching", "batching", true);
    if (Object.keys(batching).length > 0)
      addFile("batching_parameters_file", "batching", "batching-parameters");
    if (resolved.perModelBatching) {
      const model = resolved.models.find((each) => each.batching !== undefined);
      add("enable_per_model_batching_parameters", `models[${model?.index ?? 0}].batching`, true);
    }
  }
  add("tensorflow_session_parallelism", "parallelism.session", parallelism.session);
  add("tensorflow_intra_op_parallelism", "parallelism.intraOp", parallelism.intraOp);
  add("tensorflow_inter_op_parallelism", "parallelism.interOp", parallelism.interOp);
  add("per_process_gpu_memory_fraction", "resources.gpuMemoryFraction", resources.gpuMemoryFraction);
  add("enable_model_warmup", "warmup.enabled", warmup.enabled);
  add("num_request_iterations_for_warmup", "warmup.iterations", warmup.iterations);
  add("mixed_precision", "runtime.mixedPrecision", runtime.mixedPrecision);
  add("xla_cpu_compilation_enabled", "runtime.xlaCpu", runtime.xlaCpu);
  add("xla_gpu_compilation_enabled", "runtime.xlaGpu", runtime.xlaGpu);
  add(
    "enable_serialization_as_tensor_content",
    "runtime.serializeAsTensorContent",
    runtime.serializeAsTensorContent,
  );
  add(
    "enable_signature_method_name_check",
    "runtime.checkSignatureMethodName",
    runtime.checkSignatureMethodName,
  );
  add("num_tflite_pools", "runtime.numTflitePools", runtime.numTflitePools);
  add(
    "num_tflite_interpreters_per_pool",
    "runtime.numTfliteInterpretersPerPool",
    runtime.numTfliteInterpretersPerPool,
  );
  if (runtime.sessionConfigFile !== undefined) {
    addFile("tensorflow_session_config_file", "runtime.sessionConfigFile", "session-config");
  }
  if (resolved.monitoring !== undefined) addFile("monitoring_config_file", "monitoring", "monitoring-config");
  if (resolved.tls !== undefined) addFile("ssl_config_file", "tls", "ssl-config");
  add("grpc_max_threads", "grpc.maxThreads", grpc.maxThreads);
  if (grpc.channelArguments.length > 0) {
    add(
      "grpc_channel_arguments",
      "grpc.channelArguments",
      grpc.channelArguments.map(([name, value]) => `${name}=${value}`).join(","),
    );
  }
  add("grpc_socket_path", "grpc.socketPath", grpc.socketPath);
  add("use_alts_credentials", "grpc.useAlts", grpc.useAlts);
  add("enable_grpc_healthcheck_service", "grpc.healthService", grpc.healthService);
  add("enable_profiler", "grpc.profiler", grpc.profiler);
  if (resolved.ports.rest !== undefined) {
    add("rest_api_num_threads", "rest.numThreads", rest.numThreads);
    add("rest_api_timeout_in_ms", "rest.timeoutMillis", rest.timeoutMillis);
    add("rest_api_enable_cors_support", "rest.cors", rest.cors);
  }
  return flags;
}
