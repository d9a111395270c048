import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";

/** What lies under a base path, or what stands in its place. */
type Folder =
  | "good"
  | "two"
  | "missing"
  | "empty"
  | "file"
  | "broken"
  | "newest-broken"
  | "hollow"
  | "too-deep";

interface Model {
  readonly name: string;
  readonly folder: Folder;
  /** How the base path is given. */
  readonly path: "plain" | "relative" | "slashes" | "file-uri" | "s3";
  readonly policy: string;
  readonly labels: string;
  readonly platform: string;
  /** Of every version: the text of batching_params.pbtxt. */
  readonly batching: string | undefined;
}

/** A start to be made for real, here, and to be predicted. */
export interface GeneratedStart {
  readonly models: readonly Model[];
  /** Config file, or the first model by flags. */
  readonly config: "flags" | "list" | "comment" | "missing" | "unparsable" | "zero" | "custom" | "logging";
  readonly batchingFile: string | undefined;
  readonly flags: readonly string[];
}

const batchingTexts = [
  "max_batch_size { value: 8 }",
  "max_batch_size { value: 8 } allowed_batch_sizes: [2, 8]",
  "max_batch_size { value: 8 } allowed_batch_sizes: [2, 4]",
  "max_batch_size { value: 0 }",
  "num_batch_threads { value: 0 }",
  "batch_timeout_micros { value: -1 }",
  "max_batch_size { value: 4 } max_execution_batch_size { value: 8 } enable_large_batch_splitting { value: true }",
  "max_batch_size: 8",
  "# nothing\n",
  "",
];

const model: fc.Arbitrary<Model> = fc.record({
  name: fc.constantFrom("a", "b", "c", "d", "e", "f", "é b", "a/b", "x:y", ""),
  folder: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<Folder>("good", "two") },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Folder>(
        "missing",
        "empty",
        "file",
        "broken",
        "newest-broken",
        "hollow",
        "too-deep",
      ),
    },
  ),
  path: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom("plain" as const, "slashes" as const, "file-uri" as const) },
    { weight: 1, arbitrary: fc.constantFrom("relative" as const, "s3" as const) },
  ),
  policy: fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "model_version_policy { all {} }",
        "model_version_policy { latest { num_versions: 2 } }",
        "model_version_policy { latest { num_versions: 0 } }",
        "model_version_policy { specific { versions: 1 } }",
        "model_version_policy { specific { versions: 1 versions: 9 } }",
        "model_version_policy { specific { versions: 9 } }",
        "model_version_policy { specific {} }",
        "model_version_policy {}",
      ),
    },
  ),
  labels: fc.oneof(
    { weight: 20, arbitrary: fc.constant("") },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'version_labels { key: "stable" value: 1 }',
        'version_labels { key: "x" value: 77 }',
      ),
    },
  ),
  platform: fc.oneof(
    { weight: 40, arbitrary: fc.constant('model_platform: "tensorflow"') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "",
        'model_platform: "torch"',
        "model_type: TENSORFLOW",
        'model_platform: "tensorflow" model_type: TENSORFLOW',
        "model_type: OTHER",
      ),
    },
  ),
  batching: fc.option(fc.constantFrom(...batchingTexts), { nil: undefined, freq: 3 }),
});

const oddFlag = fc.constantFrom(
  ["--file_system_poll_wait_seconds=0"],
  ["--file_system_poll_wait_seconds=-1"],
  ["--num_load_threads=-1"],
  ["--num_unload_threads=2"],
  ["--max_num_load_retries=5"],
  ["--max_num_load_retries=-2"],
  ["--max_num_load_retries=2", "--load_retry_interval_micros=1000"],
  ["--rest_api_num_threads=0"],
  ["--rest_api_num_threads=2"],
  ["--rest_api_num_threads=8.5"],
  ["--rest_api_port=0"],
  ["--rest_api_port=${PORT}"],
  ["--grpc_max_threads=0"],
  ["--grpc_max_threads=3"],
  ["--grpc_channel_arguments=a=1,"],
  ["--grpc_channel_arguments=grpc.max_connection_age_ms=2000"],
  ["--port=-1"],
  ["--port=-1", "--enable_grpc_healthcheck_service"],
  ["--grpc_socket_path=${DIR}/nowhere/g.sock"],
  ["--monitoring_config_file=${DIR}/none"],
  ["--monitoring_config_file=${DIR}/monitoring.config"],
  ["--ssl_config_file=${DIR}/none"],
  ["--ssl_config_file=${DIR}/comment.config"],
  ["--thread_pool_factory_config_file=${DIR}/comment.config"],
  ["--tensorflow_session_config_file=${DIR}/none"],
  ["--tensorflow_session_config_file=${DIR}/comment.config"],
  ["--tensorflow_session_config_file=${DIR}/pools.config"],
  ["--tensorflow_session_parallelism=-1"],
  ["--tensorflow_intra_op_parallelism=-1"],
  ["--tensorflow_intra_op_parallelism=-1", "--tensorflow_inter_op_parallelism=2"],
  ["--tensorflow_session_parallelism=2"],
  [
    "--tensorflow_session_parallelism=1",
    "--tensorflow_intra_op_parallelism=1",
    "--tensorflow_inter_op_parallelism=1",
  ],
  ["--use_alts_credentials"],
  ["--platform_config_file=${DIR}/platform.config"],
  ["--platform_config_file=${DIR}/other.config"],
  ["--platform_config_file=${DIR}/threads.config"],
  ["--platform_config_file=${DIR}/none"],
  ["--saved_model_tags=gpu"],
  ["--saved_model_tags="],
  ["--enable_model_warmup=false"],
  ["--allow_version_labels_for_unavailable_models"],
  ["--allow_version_labels_for_unavailable_models=0"],
  ["--no_such_flag=1"],
  ["--enable_batching=yes"],
  ["--version"],
  ["--model_config_file_poll_wait_seconds=1"],
  ["--model_base_path="],
  ["--model_base_path=${DIR}/m0"],
  ["--", "--port=x"],
);

export const generatedStart: fc.Arbitrary<GeneratedStart> = fc.record({
  models: fc.oneof(
    { weight: 9, arbitrary: fc.array(model, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
  config: fc.oneof(
    { weight: 6, arbitrary: fc.constant("list" as const) },
    { weight: 5, arbitrary: fc.constant("flags" as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "comment" as const,
        "missing" as const,
        "unparsable" as const,
        "zero" as const,
        "custom" as const,
        "logging" as const,
      ),
    },
  ),
  batchingFile: fc.option(fc.constantFrom(...batchingTexts), { nil: undefined, freq: 1 }),
  flags: fc
    .tuple(
      fc.constantFrom(
        ["--enable_batching"],
        ["--enable_batching", "--enable_per_model_batching_parameters"],
        ["--enable_batching=false"],
        [],
      ),
      fc.oneof(fc.constant([]), fc.array(oddFlag, { maxLength: 2 })),
    )
    .map(([common, odd]) => [...common, ...odd.flat()]),
});

const versions: Readonly<Record<Folder, readonly (readonly [name: string, from: string | undefined])[]>> = {
  good: [["1", "1"]],
  two: [
    ["1", "1"],
    ["2", "1"],
  ],
  missing: [],
  empty: [],
  file: [],
  broken: [["1", undefined]],
  "newest-broken": [
    ["1", "1"],
    ["3", undefined],
  ],
  hollow: [],
  "too-deep": [],
};

const platform = (key: string, session = ""): string =>
  `platform_configs { key: "${key}" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { ${session} } } } } }`;

/** Writes the files of a start below `dir`; returns the arguments. */
export function layOut(start: GeneratedStart, dir: string, port: number, rest: number): string[] {
  mkdirSync(dir, { recursive: true });
  const source = fixture("models", "half_plus_two_versions");
  for (const [index, { folder, batching }] of start.models.entries()) {
    const base = join(dir, `m${index}`);
    if (folder === "missing") continue;
    if (folder === "file") {
      writeFileSync(base, "x");
      continue;
    }
    mkdirSync(base);
    if (folder === "hollow") mkdirSync(join(base, "1"));
    if (folder === "too-deep") symlinkSync(source, join(base, "1"));
    for (const [name, from] of versions[folder]) {
      const target = join(base, name);
      mkdirSync(target);
      if (from === undefined) writeFileSync(join(target, "saved_model.pb"), "garbage");
      else cpSync(join(source, from), target, { recursive: true });
      if (batching !== undefined) writeFileSync(join(target, "batching_params.pbtxt"), batching);
    }
  }
  const pathOf = ({ path }: Model, index: number): string =>
    path === "relative"
      ? `m${index}`
      : path === "s3"
        ? `s3://bucket/m${index}`
        : path === "slashes"
          ? `${dir}//m${index}/`
          : `${path === "file-uri" ? "file://" : ""}${dir}/m${index}`;
  const list = start.models.map(
    (one, index) =>
      `config { name: "${one.name}" base_path: "${pathOf(one, index)}" ${one.platform} ${one.policy} ${one.labels} ${start.config === "logging" && index === 0 ? "logging_config {}" : ""} }`,
  );
  const texts: Record<string, string> = {
    "comment.config": "# to do\n",
    "monitoring.config": "prometheus_config { enable: true }\n",
    "platform.config": platform("tensorflow"),
    "other.config": platform("other"),
    "pools.config": "session_inter_op_thread_pool { num_threads: -1 }\n",
    "threads.config": platform("tensorflow", "session_config { intra_op_parallelism_threads: -1 }"),
  };
  if (start.config === "list" || start.config === "logging")
    texts["models.config"] = `model_config_list {\n${list.join("\n")}\n}\n`;
  if (start.config === "comment") texts["models.config"] = "# none\n";
  if (start.config === "unparsable") texts["models.config"] = "model_config_list { config { nam: 1 } }";
  if (start.config === "zero") texts["models.config"] = "";
  if (start.config === "custom") texts["models.config"] = "custom_model_config {}";
  if (start.batchingFile !== undefined) texts["batching.config"] = start.batchingFile;
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(dir, name), text);
  const [first] = start.models;
  const source0 =
    start.config !== "flags"
      ? [`--model_config_file=${dir}/models.config`]
      : first === undefined
        ? []
        : [`--model_name=${first.name}`, `--model_base_path=${pathOf(first, 0)}`];
  return [
    `--port=${port}`,
    `--rest_api_port=${rest}`,
    "--max_num_load_retries=0",
    ...source0,
    ...(start.batchingFile === undefined ? [] : [`--batching_parameters_file=${dir}/batching.config`]),
    ...start.flags.map((flag) => flag.replaceAll("${DIR}", dir).replaceAll("${PORT}", String(port))),
  ];
}
