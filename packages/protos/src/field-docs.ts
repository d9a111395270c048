/** What a field of a TensorFlow Serving config means, for hovers, completion and the docs. */
export interface FieldDoc {
  readonly text: string;
  /** The server's behaviour when the field is not set. */
  readonly unset?: string;
  readonly unit?: string;
}

/**
 * By `Message.field`, without the package of the message. Facts from the protos and sources of TensorFlow Serving
 * (`session_bundle_config.proto`, `model_server_config.proto`, `file_system_storage_path_source.cc`, `server_core.cc`,
 * `server.cc`, `http_server.cc`) and from recorded runs of 2.17.1.
 */
export const fieldDocs: Readonly<Record<string, FieldDoc>> = {
  "BatchingParameters.max_batch_size": {
    text: "Most examples in one batch, and in one request: a larger request is refused with INVALID_ARGUMENT. Must be at least 1; 0 kills the server.",
    unset: "1000",
    unit: "examples",
  },
  "BatchingParameters.batch_timeout_micros": {
    text: "How long the first request of a batch waits for others before the batch is run anyway. The scheduler looks once a millisecond. A negative value kills the server.",
    unset: "0",
    unit: "microseconds",
  },
  "BatchingParameters.max_enqueued_batches": {
    text: "How many batches may wait in one queue (one signature of one version); beyond that requests get UNAVAILABLE.",
    unset: "10",
    unit: "batches",
  },
  "BatchingParameters.num_batch_threads": {
    text: "Threads that run batches, in one pool for all models: how many batches run at a time. Must be positive.",
    unset: "the number of CPUs that the server may use",
    unit: "threads",
  },
  "BatchingParameters.thread_pool_name": {
    text: "Name of the pool's threads, as `top` or a profiler shows them.",
    unset: "batch_threads",
  },
  "BatchingParameters.allowed_batch_sizes": {
    text: "Sizes that batches are padded up to, in increasing order. The last must equal max_batch_size, or no model loads; the order is not checked, and a wrong one pads wrongly.",
    unset: "batches are not padded",
    unit: "examples",
  },
  "BatchingParameters.pad_variable_length_inputs": {
    text: "Pad inputs whose other dimensions differ inside one batch. A plain bool, not a wrapper: no braces.",
    unset: "false: such requests fail",
  },
  "BatchingParameters.enable_large_batch_splitting": {
    text: "Cut a request into pieces of max_execution_batch_size that can join different batches. Does not allow requests beyond max_batch_size.",
    unset: "false",
  },
  "BatchingParameters.max_execution_batch_size": {
    text: "Largest batch that is run when splitting is on; at most max_batch_size. Ignored without enable_large_batch_splitting.",
    unset: "max_batch_size if that is set, else 0, and then every request fails",
    unit: "examples",
  },
  "ModelServerConfig.model_config_list": {
    text: "The models to serve. The only kind of config that the stock server supports.",
    unset: "the server starts, and serves nothing",
  },
  "ModelServerConfig.custom_model_config": {
    text: "Not supported by the stock server: it aborts at the start.",
  },
  "ModelConfigList.config": { text: "One model.", unset: "no model is served" },
  "ModelConfig.name": {
    text: "Name by which clients ask for the model; unique in the list. With `/` or `:` in it REST cannot reach it plainly.",
    unset: "a nameless model loads, but cannot be called",
  },
  "ModelConfig.base_path": {
    text: "Absolute path (or URI) of the folder above the version directories, as the server sees it: in a container the path inside the container.",
    unset: "refused: not absolute",
  },
  "ModelConfig.model_type": { text: "Deprecated; use model_platform. Giving both is refused." },
  "ModelConfig.model_platform": {
    text: 'Always "tensorflow" for the stock server; case matters.',
    unset: "refused",
  },
  "ModelConfig.model_version_policy": {
    text: "Which versions on disk are served.",
    unset: "latest { num_versions: 1 }",
  },
  "ModelConfig.version_labels": {
    text: "Names for versions, such as stable or canary. A new label may name only a version that is available, unless --allow_version_labels_for_unavailable_models is set; at the start none is.",
  },
  "ModelConfig.logging_config": {
    text: "Unusable in the stock server: any logging_config fails the start, after everything was loaded.",
  },
  "ServableVersionPolicy.latest": {
    text: "The highest version numbers on disk.",
    unset: "latest, with one version",
  },
  "ServableVersionPolicy.all": {
    text: "Every version on disk: memory grows with each export. Written `all {}`.",
  },
  "ServableVersionPolicy.specific": {
    text: "Exactly the versions listed, as far as they are on disk; newer ones are ignored.",
  },
  "Latest.num_versions": {
    text: "How many of the highest versions to serve.",
    unset: "1 (also for 0)",
    unit: "versions",
  },
  "Specific.versions": {
    text: "Version numbers. A leading zero makes the number octal here, while directory names are read in decimal.",
    unset: "nothing is served",
  },
  "MonitoringConfig.prometheus_config": {
    text: "The Prometheus endpoint on the REST port.",
    unset: "no metrics",
  },
  "PrometheusConfig.enable": { text: "Serve metrics.", unset: "false: no endpoint, without a word" },
  "PrometheusConfig.path": {
    text: "Path of the endpoint, compared exactly: it must begin with `/`.",
    unset: "/monitoring/prometheus/metrics",
  },
  "SSLConfig.server_key": { text: "The private key as PEM text, not a path; line breaks written \\n." },
  "SSLConfig.server_cert": {
    text: "The certificate chain as PEM text, not a path; line breaks written \\n.",
  },
  "SSLConfig.custom_ca": {
    text: "PEM text of the CA that signed the clients' certificates. Has an effect only with client_verify: true.",
    unset: "with client_verify every client is refused",
  },
  "SSLConfig.client_verify": {
    text: "Demand and verify a certificate of each client (mutual TLS).",
    unset: "false",
  },
  "PlatformConfigMap.platform_configs": {
    text: 'By platform: the key equals model_platform of the models ("tensorflow" for a single model). With this file many flags are ignored, batching and warm-up among them.',
  },
  "PlatformConfig.source_adapter_config": {
    text: "An Any: [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { … } is the only type that the stock server links.",
  },
  "SavedModelBundleSourceAdapterConfig.legacy_config": { text: "Settings of the sessions of this platform." },
  "SessionBundleConfig.session_target": { text: "Target of the TensorFlow session.", unset: "in process" },
  "SessionBundleConfig.session_config": {
    text: "TensorFlow's ConfigProto: threads, GPU options, graph options.",
  },
  "SessionBundleConfig.batching_parameters": {
    text: "Turns batching on for this platform, with these parameters.",
    unset: "no batching",
  },
  "SessionBundleConfig.saved_model_tags": { text: "Tags of the meta graph to load.", unset: "serve" },
  "SessionBundleConfig.enable_model_warmup": {
    text: "Replay the warm-up requests of a version before it becomes available.",
    unset: "false here, although the flag's default is true",
  },
  "SessionBundleConfig.model_warmup_options": { text: "How warm-up requests are replayed." },
  "SessionBundleConfig.enable_saved_model_config": {
    text: "Not implemented in the open-source server: every load fails.",
  },
  "SessionBundleConfig.mixed_precision": { text: "`bfloat16`, or nothing.", unset: "off" },
  "ModelWarmupOptions.num_request_iterations": {
    text: "How often each warm-up record is replayed.",
    unset: "1",
  },
};

/** Documentation of a field, by the full name of its message. */
export function fieldDoc(message: string, field: string): FieldDoc | undefined {
  return fieldDocs[`${message.slice(message.lastIndexOf(".") + 1)}.${field}`];
}
