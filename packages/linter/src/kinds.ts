import { nearest } from "@servable/diagnostics";

/** What a text proto file of the server holds. */
export type TextProtoKind =
  | "batching-parameters"
  | "per-model-batching"
  | "model-server-config"
  | "monitoring-config"
  | "ssl-config"
  | "platform-config"
  | "session-config"
  | "thread-pool-config";

/** Full name of the message that a file of each kind holds. */
export const kindMessages: Readonly<Record<TextProtoKind, string>> = {
  "batching-parameters": "tensorflow.serving.BatchingParameters",
  "per-model-batching": "tensorflow.serving.BatchingParameters",
  "model-server-config": "tensorflow.serving.ModelServerConfig",
  "monitoring-config": "tensorflow.serving.MonitoringConfig",
  "ssl-config": "tensorflow.serving.SSLConfig",
  "platform-config": "tensorflow.serving.PlatformConfigMap",
  "session-config": "tensorflow.ConfigProto",
  "thread-pool-config": "tensorflow.serving.ThreadPoolFactoryConfig",
};

export const textProtoKinds = Object.keys(kindMessages) as readonly TextProtoKind[];

/** Top-level fields by which a text is told. */
const telling: Readonly<Record<string, TextProtoKind>> = {
  model_config_list: "model-server-config",
  custom_model_config: "model-server-config",
  prometheus_config: "monitoring-config",
  server_key: "ssl-config",
  server_cert: "ssl-config",
  custom_ca: "ssl-config",
  client_verify: "ssl-config",
  platform_configs: "platform-config",
  max_batch_size: "batching-parameters",
  batch_timeout_micros: "batching-parameters",
  max_enqueued_batches: "batching-parameters",
  num_batch_threads: "batching-parameters",
  thread_pool_name: "batching-parameters",
  allowed_batch_sizes: "batching-parameters",
  pad_variable_length_inputs: "batching-parameters",
  enable_large_batch_splitting: "batching-parameters",
  max_execution_batch_size: "batching-parameters",
  thread_pool_factory_config: "thread-pool-config",
  intra_op_parallelism_threads: "session-config",
  inter_op_parallelism_threads: "session-config",
  gpu_options: "session-config",
  graph_options: "session-config",
  device_count: "session-config",
};

const exactNames: readonly (readonly [RegExp, TextProtoKind])[] = [
  [/^batching_params\.pbtxt$/, "per-model-batching"],
  [
    /^batching[_-]?(parameters|params|config)?\.(txt|txtpb|pbtxt|textproto|config|conf)$/,
    "batching-parameters",
  ],
  [
    /^model(s|_config|s_config|_server_config|_config_list)\.(config|conf|txt|txtpb|pbtxt|textproto)$/,
    "model-server-config",
  ],
  [/^(monitoring|prometheus)([_-]config)?\.(config|conf|txt|txtpb|pbtxt|textproto)$/, "monitoring-config"],
  [/^(ssl|tls)([_-]config)?\.(config|conf|txt|txtpb|pbtxt|textproto)$/, "ssl-config"],
  [/^platform([_-]?config([_-]?map)?)?\.(config|conf|txt|txtpb|pbtxt|textproto)$/, "platform-config"],
  [/^(tensorflow_)?session([_-]config)?\.(config|conf|txt|txtpb|pbtxt|textproto)$/, "session-config"],
];

const looseNames: readonly (readonly [RegExp, TextProtoKind])[] = [
  [/batch/, "batching-parameters"],
  [/monitor|prometheus/, "monitoring-config"],
  [/(^|[^a-z])(ssl|tls)([^a-z]|$)/, "ssl-config"],
  [/platform/, "platform-config"],
  [/session/, "session-config"],
  [/model/, "model-server-config"],
];

const textProtoExtension = /\.(config|conf|cfg|txt|txtpb|pbtxt|textproto|textpb|prototxt|asciipb)$/;

/**
 * The kind of a text proto: from the file's usual name, then from the message that a header names, then from its first
 * top-level fields, then from words in the name. Undefined where nothing tells.
 */
export function detectKind(file: string, text: string): TextProtoKind | undefined {
  const name = (file.split(/[\\/]/).at(-1) ?? "").toLowerCase();
  // A model, not a setting of the server.
  if (/^saved_model\./.test(name)) return undefined;
  for (const [pattern, kind] of exactNames) if (pattern.test(name)) return kind;
  const head = text.slice(0, 65_536);
  const header = /^#\s*proto-message:\s*([\w.]+)/m.exec(head)?.[1];
  if (header !== undefined) {
    const named = textProtoKinds.find(
      (kind) => kindMessages[kind] === header || kindMessages[kind].endsWith(`.${header}`),
    );
    if (named !== undefined) return named;
  }
  const bare = head.replace(/#[^\n]*/g, "");
  const words = [...bare.matchAll(/(?:^|[\s,;}>])([A-Za-z_]\w*)\s*[:{<]/g)].map((match) => match[1] ?? "");
  const first = words[0];
  if (first !== undefined && Object.hasOwn(telling, first)) return telling[first];
  const known = words.find((word) => Object.hasOwn(telling, word));
  if (known !== undefined) return telling[known];
  if (!textProtoExtension.test(name) && name.includes(".")) return undefined;
  if (first !== undefined) {
    const near = nearest(first, Object.keys(telling));
    if (near !== undefined) return telling[near];
  }
  if (!textProtoExtension.test(name)) return undefined;
  for (const [pattern, kind] of looseNames) if (pattern.test(name)) return kind;
  return undefined;
}
