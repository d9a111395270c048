import { type TfsVersion, versionWithin } from "./version.ts";

/** C++ type of a flag, which decides how its value is read. */
export type FlagType = "bool" | "int32" | "int64" | "float" | "string";

/** A flag's value: int64 as bigint, the other numbers as number. */
export type FlagValue = boolean | number | bigint | string;

/** A default that the server computes from the CPUs that it may use: `perCpu` times their number. */
export interface PerCpuDefault {
  readonly perCpu: number;
}

export type FlagGroup = "network" | "models" | "loading" | "runtime";

/** One flag of `tensorflow_model_server`. */
export interface FlagSpec {
  readonly name: string;
  readonly type: FlagType;
  readonly default: FlagValue | PerCpuDefault;
  /** First release that registers the name (`1.0.0` also stands for older ones). */
  readonly since: TfsVersion;
  /** First release that no longer registers it. */
  readonly until?: TfsVersion;
  /** What it does, without full stop. */
  readonly help: string;
  readonly unit?: "ms" | "us" | "s" | "threads";
  readonly group: FlagGroup;
}

/**
 * Every flag of TensorFlow Serving 1.13 to 2.20, in the order of the groups.
 * Source: tensorflow/serving `tensorflow_serving/model_servers/main.cc` and `server.h` at each release tag.
 */
const table = [
  {
    name: "port",
    type: "int32",
    default: 8500,
    since: "1.0.0",
    help: "TCP port of gRPC, bound on 0.0.0.0. 0 opens no TCP listener, which needs grpc_socket_path (from 2.5)",
    group: "network",
  },
  {
    name: "grpc_socket_path",
    type: "string",
    default: "",
    since: "1.13.0",
    help: "UNIX socket for gRPC, opened in addition to port; at most 107 bytes",
    group: "network",
  },
  {
    name: "rest_api_port",
    type: "int32",
    default: 0,
    since: "1.8.0",
    help: "Port of the HTTP/REST API, bound on all interfaces; 0 leaves REST and metrics off. Must differ from port",
    group: "network",
  },
  {
    name: "rest_api_num_threads",
    type: "int32",
    default: { perCpu: 4 },
    since: "1.8.0",
    help: "REST worker threads; one of them is taken by the event loop, so 2 is the least that answers requests",
    group: "network",
  },
  {
    name: "rest_api_timeout_in_ms",
    type: "int32",
    default: 30000,
    since: "1.8.0",
    help: "Run timeout of REST inference calls; 0 or less means none. gRPC uses the client's deadline instead",
    unit: "ms",
    group: "network",
  },
  {
    name: "rest_api_enable_cors_support",
    type: "bool",
    default: false,
    since: "2.5.0",
    help: "Adds CORS headers for any origin to REST answers",
    group: "network",
  },
  {
    name: "grpc_channel_arguments",
    type: "string",
    default: "",
    since: "1.6.0",
    help: "gRPC server arguments as key=value,key=value; a value may hold neither comma nor equals sign",
    group: "network",
  },
  {
    name: "grpc_max_threads",
    type: "int32",
    default: { perCpu: 4 },
    since: "2.5.0",
    help: "Most gRPC handler threads; one polls, so N allows N-1 calls at a time and further ones are refused",
    group: "network",
  },
  {
    name: "ssl_config_file",
    type: "string",
    default: "",
    since: "1.10.0",
    help: "File with an SSLConfig text proto (PEM texts, not paths) for gRPC only; REST stays plain HTTP",
    group: "network",
  },
  {
    name: "use_alts_credentials",
    type: "bool",
    default: false,
    since: "2.6.0",
    help: "Google ALTS credentials for gRPC; only inside Google Cloud, not together with ssl_config_file",
    group: "network",
  },
  {
    name: "enable_grpc_healthcheck_service",
    type: "bool",
    default: false,
    since: "2.15.0",
    help: "Registers grpc.health.v1; the names ModelService and PredictionService report SERVING after the start, whatever the models do",
    group: "network",
  },
  {
    name: "enable_profiler",
    type: "bool",
    default: true,
    since: "2.5.0",
    help: "Exposes the TensorFlow profiler service on the gRPC port",
    group: "network",
  },
  {
    name: "model_name",
    type: "string",
    default: "default",
    since: "1.0.0",
    help: "Name of the model in single-model mode; ignored with model_config_file",
    group: "models",
  },
  {
    name: "model_base_path",
    type: "string",
    default: "",
    since: "1.0.0",
    help: "Folder above the version folders, absolute path or URI; ignored with model_config_file, otherwise required",
    group: "models",
  },
  {
    name: "model_config_file",
    type: "string",
    default: "",
    since: "1.0.0",
    help: "File with a ModelServerConfig text proto; wins over model_name and model_base_path without a message",
    group: "models",
  },
  {
    name: "model_config_file_poll_wait_seconds",
    type: "int32",
    default: 0,
    since: "1.15.0",
    help: "Period after which model_config_file is read and applied again; 0 or less: never",
    unit: "s",
    group: "models",
  },
  {
    name: "file_system_poll_wait_seconds",
    type: "int32",
    default: 1,
    since: "1.0.0",
    help: "Period after which base paths are looked at again. 0 looks exactly once, a negative one never, so the start waits for ever",
    unit: "s",
    group: "models",
  },
  {
    name: "allow_version_labels_for_unavailable_models",
    type: "bool",
    default: false,
    since: "1.15.0",
    help: "Lets a new version label point at a version that is not loaded",
    group: "models",
  },
  {
    name: "saved_model_tags",
    type: "string",
    default: "serve",
    since: "1.6.0",
    help: "Comma-separated exact set of MetaGraph tags, without trimming of blanks",
    group: "models",
  },
  {
    name: "num_load_threads",
    type: "int32",
    default: 0,
    since: "2.5.0",
    help: "Threads that load versions after the start; 0 loads one at a time in the manager thread",
    unit: "threads",
    group: "loading",
  },
  {
    name: "num_unload_threads",
    type: "int32",
    default: 0,
    since: "2.5.0",
    help: "Threads that unload versions; 0 unloads one at a time in the manager thread",
    unit: "threads",
    group: "loading",
  },
  {
    name: "max_num_load_retries",
    type: "int32",
    default: 5,
    since: "1.11.0",
    help: "Retries of a failed load; with the default interval a broken model delays the failure by five minutes",
    group: "loading",
  },
  {
    name: "load_retry_interval_micros",
    type: "int64",
    default: 60_000_000n,
    since: "1.11.0",
    help: "Pause between load retries; a negative one means none",
    unit: "us",
    group: "loading",
  },
  {
    name: "flush_filesystem_caches",
    type: "bool",
    default: true,
    since: "1.6.0",
    help: "Flushes TensorFlow's file system caches after loads (matters for remote file systems)",
    group: "loading",
  },
  {
    name: "enable_model_warmup",
    type: "bool",
    default: true,
    since: "1.9.0",
    help: "Replays assets.extra/tf_serving_warmup_requests before a version becomes available",
    group: "loading",
  },
  {
    name: "num_request_iterations_for_warmup",
    type: "int32",
    default: 0,
    since: "2.8.0",
    help: "Replays of each warm-up record; used only if greater than 0, otherwise 1",
    group: "loading",
  },
  {
    name: "remove_unused_fields_from_bundle_metagraph",
    type: "bool",
    default: true,
    since: "1.15.0",
    help: "Keeps only the signatures of the MetaGraph in memory",
    group: "loading",
  },
  {
    name: "enable_signature_method_name_check",
    type: "bool",
    default: false,
    since: "2.4.0",
    help: "Requires the signature's method name to match the API that is called; leave it off for TensorFlow 2 exports",
    group: "loading",
  },
  {
    name: "prefer_tflite_model",
    type: "bool",
    default: false,
    since: "2.3.0",
    help: "Uses model.tflite of the version folder, where there is one, instead of saved_model.pb (experimental)",
    group: "loading",
  },
  {
    name: "use_tflite_model",
    type: "bool",
    default: false,
    since: "1.15.0",
    until: "2.3.0",
    help: "Served TensorFlow Lite models; replaced by prefer_tflite_model",
    group: "loading",
  },
  {
    name: "num_tflite_pools",
    type: "int32",
    default: { perCpu: 1 },
    since: "2.5.0",
    help: "TensorFlow Lite interpreter pools; no effect without prefer_tflite_model (experimental)",
    group: "loading",
  },
  {
    name: "num_tflite_interpreters_per_pool",
    type: "int32",
    default: 1,
    since: "2.5.0",
    help: "TensorFlow Lite interpreters in a pool; more than 1 splits batches (experimental)",
    group: "loading",
  },
  {
    name: "mixed_precision",
    type: "string",
    default: "",
    since: "2.15.0",
    help: "Only bfloat16, in lower case, does anything: oneDNN auto mixed precision",
    group: "loading",
  },
  {
    name: "xla_cpu_compilation_enabled",
    type: "bool",
    default: false,
    since: "2.5.0",
    help: "Allows XLA compilation; without it models that use jit_compile fail at the first request",
    group: "loading",
  },
  {
    name: "xla_gpu_compilation_enabled",
    type: "bool",
    default: false,
    since: "2.18.0",
    help: "Allows XLA compilation, on CPU and GPU",
    group: "loading",
  },
  {
    name: "skip_initialize_tpu",
    type: "bool",
    default: false,
    since: "2.15.0",
    help: "Read only by TPU builds; no effect in CPU and GPU images",
    group: "loading",
  },
  {
    name: "enable_serialization_as_tensor_content",
    type: "bool",
    default: false,
    since: "2.19.0",
    help: "Predict answers carry tensor_content instead of typed lists, which REST predict cannot print",
    group: "loading",
  },
  {
    name: "enable_batching",
    type: "bool",
    default: false,
    since: "1.0.0",
    help: "Batches the requests of every model at session level",
    group: "runtime",
  },
  {
    name: "batching_parameters_file",
    type: "string",
    default: "",
    since: "1.0.0",
    help: "File with a BatchingParameters text proto; needs enable_batching",
    group: "runtime",
  },
  {
    name: "enable_per_model_batching_parameters",
    type: "bool",
    default: false,
    since: "2.11.0",
    help: "Takes sizes, timeout and queue of each version from batching_params.pbtxt in its version folder; needs enable_batching",
    group: "runtime",
  },
  {
    name: "tensorflow_session_parallelism",
    type: "int64",
    default: 0n,
    since: "1.0.0",
    help: "Threads both within and between ops; 0 lets TensorFlow decide",
    unit: "threads",
    group: "runtime",
  },
  {
    name: "tensorflow_intra_op_parallelism",
    type: "int64",
    default: 0n,
    since: "1.13.0",
    help: "Threads within one op; 0 lets TensorFlow decide",
    unit: "threads",
    group: "runtime",
  },
  {
    name: "tensorflow_inter_op_parallelism",
    type: "int64",
    default: 0n,
    since: "1.13.0",
    help: "Ops that run side by side; 0 lets TensorFlow decide",
    unit: "threads",
    group: "runtime",
  },
  {
    name: "tensorflow_session_config_file",
    type: "string",
    default: "",
    since: "2.8.0",
    help: "File with a ConfigProto text proto; its thread counts and GPU memory fraction are always overwritten by the flags",
    group: "runtime",
  },
  {
    name: "per_process_gpu_memory_fraction",
    type: "float",
    default: 0,
    since: "1.5.0",
    help: "Share of the GPU memory that this process may take, 0.0 to 1.0; 0 lets TensorFlow decide",
    group: "runtime",
  },
  {
    name: "platform_config_file",
    type: "string",
    default: "",
    since: "1.0.0",
    help: "File with a PlatformConfigMap text proto that replaces the built-in platforms and silences most other loading and batching flags",
    group: "runtime",
  },
  {
    name: "monitoring_config_file",
    type: "string",
    default: "",
    since: "1.11.0",
    help: "File with a MonitoringConfig text proto (Prometheus); read only when REST starts",
    group: "runtime",
  },
  {
    name: "thread_pool_factory_config_file",
    type: "string",
    default: "",
    since: "2.6.0",
    help: "File with a ThreadPoolConfig text proto; the stock server links no factory, so any file ends the start",
    group: "runtime",
  },
  {
    name: "version",
    type: "bool",
    default: false,
    since: "1.10.0",
    help: "Prints the versions and exits",
    group: "runtime",
  },
] as const satisfies readonly FlagSpec[];

/** Name of a flag that some covered version knows. */
export type FlagName = (typeof table)[number]["name"];
/** Names of the flags of one C++ type. */
export type FlagNameOf<Type extends FlagType> = Extract<(typeof table)[number], { type: Type }>["name"];

export const flagTable: readonly FlagSpec[] = table;

const byName: ReadonlyMap<string, FlagSpec> = /* @__PURE__ */ new Map(table.map((flag) => [flag.name, flag]));

/** The flag of that exact name, of whatever version. */
export function findFlag(name: string): FlagSpec | undefined {
  return byName.get(name);
}

/** Whether the binary of that version registers the flag. */
export function isRegistered(flag: FlagSpec, version: TfsVersion): boolean {
  return versionWithin(version, flag.since, flag.until);
}

/** The flags that the binary of that version registers. */
export function flagsOf(version: TfsVersion): FlagSpec[] {
  return flagTable.filter((flag) => isRegistered(flag, version));
}

/**
 * Names that people pass as flags but that no covered version registers, with the reason.
 * Source: tensorflow/serving `model_servers/server_core.h`, `server.h`, `main.cc`.
 */
export const neverFlags: Readonly<Record<string, string>> = {
  model_version_policy: "the version policy is set in model_config_file only",
  use_saved_model: "it was removed before 1.0; every model is a SavedModel",
  force_allow_any_version_labels_for_unavailable_models: "it is an option of the library, without a flag",
  servable_versions_always_present: "it is an option of ServerCore, without a flag",
  fail_if_no_model_versions_found: "it is an option of ServerCore, without a flag",
  enable_reload_servables_with_error: "it is an option of ServerCore, without a flag",
  total_model_memory_limit_bytes: "it is an option of ServerCore, without a flag",
  model_config_list_root_dir: "it is an option of ServerCore, without a flag",
  storage_path_prefix: "it is an option of ServerCore, without a flag",
  servable_state_waiter_timeout: "it is an option of ServerCore, without a flag",
  allow_version_labels: "it is an option of ServerCore, always on",
  enforce_session_run_timeout: "it is an option of the library, without a flag",
};
