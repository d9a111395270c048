import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RuleExample } from "@servable/diagnostics";
import { fixture } from "@servable/test-fixtures";
import { exampleConfig, exampleFlags, exampleModel } from "../src/rules/example-model.ts";

/** A situation in which users see a symptom, and the rule that has to see it first. */
export interface SymptomScene {
  readonly row: number;
  readonly rule: string;
  readonly scene: RuleExample;
}

const model = exampleModel();
const single = (files: Record<string, string>, flags = ""): RuleExample => ({
  files: { "<flags>": `${exampleFlags}${flags === "" ? "" : `\n${flags}`}`, ...files },
});
const served = (flags: string, text = model): RuleExample =>
  single({ "/models/m/1/saved_model.pbtxt": text }, flags);
const flagsOnly = (...flags: readonly string[]): RuleExample => ({ files: { "<flags>": flags.join("\n") } });
const batched = (file: string, text = model): RuleExample => ({
  files: {
    "<flags>": `${exampleFlags}\n--enable_batching=true\n--batching_parameters_file=batching.txt`,
    "batching.txt": file,
    "/models/m/1/saved_model.pbtxt": text,
  },
});
const configured = (config: string, flags = "", ...versions: readonly string[]): RuleExample => ({
  files: {
    "<flags>": `--rest_api_port=8501\n--enable_profiler=false\n--model_config_file=models.config${flags === "" ? "" : `\n${flags}`}`,
    "models.config": config,
    ...Object.fromEntries(versions.map((version) => [`/models/${version}/saved_model.pbtxt`, model])),
  },
});
const script = (text: string, files: Record<string, string> = {}): RuleExample => ({
  files: { "run.sh": `${text}\n`, ...files },
});
const image = "tensorflow/serving:2.17.1 --enable_profiler=false";

/** A model of the fixtures as files, without some of them. */
function fixtureModel(path: string, without: RegExp): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const root = fixture("models", path);
  const visit = (below: string): void => {
    const at = join(root, below);
    if (statSync(at).isDirectory()) for (const name of readdirSync(at)) visit(join(below, name));
    else if (!without.test(below)) files[`/models/m/1/${below}`] = readFileSync(at).toString("base64");
  };
  visit("");
  return files;
}

/** One or more scenes for every symptom that can be seen before a start, whole or in part. */
export const symptomScenes: readonly SymptomScene[] = [
  { row: 1, rule: "start/base-path-has-versions", scene: single({ "/models/m/saved/readme": "x" }) },
  {
    row: 2,
    rule: "start/base-path-above-versions",
    scene: { files: { "<flags>": "--model_base_path=/models/m/1", "/models/m/1/saved_model.pbtxt": model } },
  },
  {
    row: 3,
    rule: "start/base-path-has-versions",
    scene: single({ "/models/m/v0.1/saved_model.pbtxt": model }),
  },
  {
    row: 3,
    rule: "start/version-names",
    scene: single({ "/models/m/0.2/saved_model.pbtxt": model, "/models/m/1/saved_model.pbtxt": model }),
  },
  {
    row: 4,
    rule: "start/base-path-exists",
    scene: configured(exampleConfig(["m"]).replace("/models/m", "/home/user/models/m"), "", "m/1"),
  },
  {
    row: 4,
    rule: "deploy/mount-covers-base-path",
    scene: script(
      `docker run -p 8501:8501 -v /models/m:/models/m -v /:/host ${image} --model_base_path=/home/user/models/m`,
      { "/models/m/1/saved_model.pbtxt": model },
    ),
  },
  { row: 5, rule: "flags/base-path-absolute", scene: flagsOnly("--model_base_path=saved_model_tf") },
  {
    row: 5,
    rule: "model-config/base-path-absolute",
    scene: { files: { "models.config": exampleConfig(["m"]).replace("/models/m", "models/m") } },
  },
  {
    row: 6,
    rule: "deploy/mount-source-exists",
    scene: script(
      `docker run -p 8501:8501 -e MODEL_NAME=m --mount type=bind,source=/no/such,target=/models/m ${image}`,
    ),
  },
  {
    row: 6,
    rule: "deploy/mount-source-exists",
    scene: script(`docker run -p 8501:8501 -e MODEL_NAME=m -v /no/such:/models/m ${image}`),
  },
  {
    row: 7,
    rule: "deploy/mount-covers-base-path",
    scene: script(
      `docker run -p 8501:8501 -e MODEL_NAME=m --mount "type=bind,source=/models/m,target=C:/Program Files/Git/models/m" ${image}`,
      { "/models/m/1/saved_model.pbtxt": model },
    ),
  },
  {
    row: 8,
    rule: "saved-model/has-served-tags",
    scene: served("", model.replace('tags: "serve"', 'tags: "train"')),
  },
  {
    row: 9,
    rule: "saved-model/has-served-tags",
    scene: served("--saved_model_tags=serve,train"),
  },
  {
    row: 10,
    rule: "deploy/user-reads-files",
    scene: {
      ...script(`docker run --user 1000 -p 8501:8501 -e MODEL_NAME=m -v /models/m:/models/m ${image}`, {
        "/models/m/1/saved_model.pbtxt": model,
      }),
      machine: { permissions: { "/models/m": { mode: 0o700, uid: 0, gid: 0 } } },
    },
  },
  {
    row: 11,
    rule: "variables/index-exists",
    scene: {
      files: { "<flags>": exampleFlags },
      binaries: fixtureModel("half_plus_two_versions/1", /^variables\//),
    },
  },
  {
    row: 12,
    rule: "start/version-once",
    scene: single({ "/models/m/1/saved_model.pbtxt": model, "/models/m/001/saved_model.pbtxt": model }),
  },
  {
    row: 13,
    rule: "saved-model/is-saved-model",
    scene: single({ "/models/m/1/saved_model.pbtxt": 'item { id: 1 name: "cat" }\n' }),
  },
  { row: 14, rule: "saved-model/file-exists", scene: single({ "/models/m/1/model.h5": "HDF" }) },
  { row: 14, rule: "layout/no-session-bundle", scene: single({ "/models/m/1/export.meta": "x" }) },
  {
    row: 15,
    rule: "saved-model/size-is-loadable",
    scene: { ...single({}), sizes: { "/models/m/1/saved_model.pb": 2 ** 31 + 1024 } },
  },
  {
    row: 16,
    rule: "graph/ops-are-known",
    scene: served("", model.replace('op: "Identity"', 'op: "MyCustomOp"')),
  },
  {
    row: 17,
    rule: "graph/versions-fit",
    scene: served("", model.replace("producer: 1286", "producer: 99999 min_consumer: 99999")),
  },
  { row: 18, rule: "text-proto/invalid-value", scene: batched("max_batch_size: 32\n") },
  {
    row: 18,
    rule: "text-proto/unknown-field",
    scene: {
      files: {
        "models.config": "model_config_list {\n  batching_parameters { max_batch_size { value: 8 } }\n}\n",
      },
    },
  },
  {
    row: 19,
    rule: "batching/allowed-sizes-end-at-max",
    scene: batched("max_batch_size { value: 64 }\nallowed_batch_sizes: [1, 32]\n"),
  },
  {
    row: 20,
    rule: "batching/allowed-sizes-ascending",
    scene: batched("max_batch_size { value: 32 }\nallowed_batch_sizes: [16, 4, 32]\n"),
  },
  {
    row: 21,
    rule: "flags/batching-file-needs-enable-batching",
    scene: served("--batching_parameters_file=batching.txt"),
  },
  {
    row: 22,
    rule: "flags/platform-config-silences-flags",
    scene: flagsOnly(
      "--model_base_path=/models/m",
      "--enable_batching=true",
      "--platform_config_file=/platform.config",
    ),
  },
  {
    row: 23,
    rule: "model-config/platform-set",
    scene: {
      files: { "models.config": 'model_config_list { config { name: "m" base_path: "/models/m" } }\n' },
    },
  },
  {
    row: 24,
    rule: "model-config/name-unique",
    scene: { files: { "models.config": exampleConfig(["m"], ["m"]) } },
  },
  {
    row: 24,
    rule: "reload/platform-stays",
    scene: {
      files: {
        "old.config": exampleConfig(["m"]),
        "new.config": exampleConfig(["m"]).replace('"tensorflow"', '"torch"'),
        "/models/m/1/saved_model.pbtxt": model,
      },
    },
  },
  { row: 25, rule: "flags/underscores", scene: served("--ssl-config-file=/etc/ssl.config") },
  { row: 25, rule: "flags/known-name", scene: served("--alow_version_labels_for_unavailable_models=true") },
  {
    row: 26,
    rule: "model-config/labels-need-flag",
    scene: configured(exampleConfig(["m", 'version_labels { key: "stable" value: 1 }']), "", "m/1"),
  },
  {
    row: 27,
    rule: "model-config/label-name",
    scene: {
      files: { "models.config": exampleConfig(["m", 'version_labels { key: "a/b" value: 1 }']) },
    },
  },
  {
    row: 28,
    rule: "flags/rest-port-differs",
    scene: flagsOnly("--model_base_path=/models/m", "--port=8501", "--rest_api_port=8501"),
  },
  { row: 28, rule: "start/port-free", scene: { ...served(""), machine: { takenPorts: [8501] } } },
  {
    row: 29,
    rule: "flags/monitoring-needs-rest",
    scene: flagsOnly("--model_base_path=/models/m", "--monitoring_config_file=/monitoring.config"),
  },
  {
    row: 29,
    rule: "monitoring/path-matches",
    scene: { files: { "monitoring.config": 'prometheus_config { enable: true path: "metrics" }\n' } },
  },
  { row: 29, rule: "start/file-readable", scene: served("--monitoring_config_file=/no/monitoring.config") },
  {
    row: 30,
    rule: "start/label-served",
    scene: configured(
      exampleConfig(["m", 'version_labels { key: "stable" value: 1 }']),
      "--allow_version_labels_for_unavailable_models=true",
      "m/1",
      "m/2",
    ),
  },
  {
    row: 30,
    rule: "model-config/latest-positive",
    scene: {
      files: { "models.config": exampleConfig(["m", "model_version_policy { latest { num_versions: 0 } }"]) },
    },
  },
  {
    row: 31,
    rule: "reload/new-model-appears",
    scene: {
      files: {
        "old.config": exampleConfig(["m"]),
        "new.config": exampleConfig(["m"], ["n"]),
        "/models/m/1/saved_model.pbtxt": model,
      },
    },
  },
  {
    row: 31,
    rule: "reload/polling-acts",
    scene: {
      files: {
        "<flags>": "--file_system_poll_wait_seconds=0",
        "old.config": exampleConfig(["m", "model_version_policy { specific { versions: 1 } }"]),
        "new.config": exampleConfig(["m", "model_version_policy { specific { versions: 2 } }"]),
        "/models/m/1/saved_model.pbtxt": model,
        "/models/m/2/saved_model.pbtxt": model,
      },
    },
  },
  { row: 32, rule: "flags/poll-not-negative", scene: served("--file_system_poll_wait_seconds=-1") },
  { row: 33, rule: "flags/object-store-polling", scene: flagsOnly("--model_base_path=gs://bucket/m") },
  { row: 34, rule: "flags/base-path-scheme", scene: flagsOnly("--model_base_path=s3://bucket/m") },
  {
    row: 36,
    rule: "flags/grpc-channel-arguments",
    scene: served("--grpc_channel_arguments=grpc.max_connection_age_ms"),
  },
  {
    row: 37,
    rule: "start/per-model-file-present",
    scene: served("--enable_batching=true\n--enable_per_model_batching_parameters=true"),
  },
  {
    row: 38,
    rule: "start/port-free",
    scene: { ...served("--enable_grpc_healthcheck_service=true"), machine: { takenPorts: [8500] } },
  },
  {
    row: 39,
    rule: "deploy/environment",
    scene: script(
      `docker run -p 8501:8501 -e MODEL_NAME=resnet -v /models:/models ${image} --model_config_file=/models/models.config`,
      { "/models/models.config": exampleConfig(["m"]), "/models/m/1/saved_model.pbtxt": model },
    ),
  },
  {
    row: 40,
    rule: "deploy/options-before-image",
    scene: script("docker run tensorflow/serving:2.17.1 -p 8501:8501 --model_base_path=gs://b/m"),
  },
  {
    row: 40,
    rule: "flags/value-readable",
    scene: flagsOnly("--rest_api_port=8501--model_name=m", "--model_base_path=/models/m"),
  },
  {
    row: 40,
    rule: "deploy/ports-published",
    scene: script(`docker run -p 8501:9501 ${image} --model_base_path=gs://b/m`),
  },
  {
    row: 43,
    rule: "signature/default-exists",
    scene: served("", model.replace("serving_default", "predict")),
  },
  {
    row: 44,
    rule: "signature/classify-fits",
    scene: served("", model.replace("tensorflow/serving/predict", "tensorflow/serving/classify")),
  },
  { row: 45, rule: "signature/tensors-exist", scene: served("", model.replace('name: "x:0"', 'name: ""')) },
  {
    row: 46,
    rule: "signature/dtype-matches-graph",
    scene: served("", model.replace('name: "x:0" dtype: DT_FLOAT', 'name: "x:0" dtype: DT_STRING')),
  },
  {
    row: 47,
    rule: "signature/shape-matches-graph",
    scene: served(
      "",
      model.replace(
        'key: "shape" value { shape { dim { size: -1 }',
        'key: "shape" value { shape { dim { size: -1 } dim { size: 3 }',
      ),
    ),
  },
  {
    row: 48,
    rule: "start/rest-carries-inputs",
    scene: served("", exampleModel({ inputs: { image: [-1, 224, 224, 3] } })),
  },
  {
    row: 50,
    rule: "start/batching-pads-variable-length",
    scene: served("--enable_batching=true", exampleModel({ inputs: { tokens: [-1, -1] } })),
  },
  {
    row: 51,
    rule: "start/answers-fit-clients",
    scene: served("", exampleModel({ outputs: { mask: [-1, 2000, 2000] } })),
  },
  {
    row: 54,
    rule: "start/answers-packed",
    scene: {
      files: {
        "<flags>": "--model_base_path=/models/m",
        "/models/m/1/saved_model.pbtxt": exampleModel({ outputs: { mask: [-1, 500, 500] } }),
      },
      tfsVersion: "2.19.1",
    },
  },
  {
    row: 57,
    rule: "start/warmup-fits-batch",
    scene: {
      ...batched("max_batch_size { value: 2 }\n"),
      binaries: {
        "/models/m/1/assets.extra/tf_serving_warmup_requests":
          "NwAAAAAAAADn6MpZMjUKMwoUCgFtGg9zZXJ2aW5nX2RlZmF1bHQSGwoBeBIWCAESBBICCAMiDAAAgD8AAABAAABAQIGa9Ts=",
      },
    },
  },
  {
    row: 58,
    rule: "start/batching-fits-signatures",
    scene: served("--enable_batching=true", exampleModel({ inputs: { a: [-1], b: [-1] } })),
  },
  {
    row: 59,
    rule: "start/batching-fits-signatures",
    scene: served("--enable_batching=true", exampleModel({ inputs: { x: [-1], keep_prob: [] } })),
  },
  {
    row: 60,
    rule: "start/batching-fits-signatures",
    scene: served("--enable_batching=true", exampleModel({ outputs: { y: [-1], image_shape: [2] } })),
  },
  {
    row: 61,
    rule: "start/batching-pads-variable-length",
    scene: batched("max_batch_size { value: 8 }\n", exampleModel({ inputs: { x: [-1, -1, 3] } })),
  },
  {
    row: 64,
    rule: "batching/smallest-size-one",
    scene: batched("max_batch_size { value: 64 }\nallowed_batch_sizes: [32, 64]\n"),
  },
  {
    row: 65,
    rule: "deploy/threads-for-cpu-limit",
    scene: script(`docker run --cpus 2 -p 8501:8501 ${image} --model_base_path=gs://b/m`),
  },
  {
    row: 66,
    rule: "batching/plausible-limits",
    scene: batched("max_batch_size { value: 20000001 }\nmax_enqueued_batches { value: 100000000 }\n"),
  },
  {
    row: 67,
    rule: "warmup/warmup-in-place",
    scene: single({
      "/models/m/1/saved_model.pbtxt": model,
      "/models/m/1/assets/tf_serving_warmup_requests": "x",
    }),
  },
  {
    row: 68,
    rule: "warmup/records-are-framed",
    scene: single({
      "/models/m/1/saved_model.pbtxt": model,
      "/models/m/1/assets.extra/tf_serving_warmup_requests": '{"instances": [1.0, 2.0]}',
    }),
  },
  {
    row: 69,
    rule: "flags/loads-beside-serving",
    scene: flagsOnly("--model_config_file=/models.config", "--model_config_file_poll_wait_seconds=60"),
  },
  {
    row: 70,
    rule: "deploy/memory-for-two-versions",
    scene: {
      ...script(`docker run --memory 512m -p 8501:8501 -e MODEL_NAME=m -v /models/m:/models/m ${image}`, {
        "/models/m/1/saved_model.pbtxt": model,
      }),
      sizes: { "/models/m/1/variables/variables.data-00000-of-00001": 400_000_000 },
    },
  },
  {
    row: 71,
    rule: "flags/gpu-memory-fraction",
    scene: flagsOnly("--model_base_path=/models/m", "--per_process_gpu_memory_fraction=1.5"),
  },
  {
    row: 72,
    rule: "deploy/probes",
    scene: {
      files: {
        "pod.yaml":
          "apiVersion: v1\nkind: Pod\nmetadata: { name: tfs }\nspec:\n  containers:\n    - name: tfs\n      image: tensorflow/serving:2.17.1\n      args: [--model_base_path=gs://b/m]\n      livenessProbe: { grpc: { port: 8500 } }\n",
      },
    },
  },
  {
    row: 73,
    rule: "start/retries-hide-failures",
    scene: single({ "/models/m/1/saved_model.pbtxt": "nonsense {" }),
  },
  {
    row: 74,
    rule: "deploy/connections-spread",
    scene: {
      files: {
        "k8s.yaml":
          "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args: [--model_base_path=gs://b/m]\n",
      },
    },
  },
  {
    row: 75,
    rule: "ssl/key-and-certificate",
    scene: { files: { "ssl.config": 'server_key: "server.key"\nserver_cert: "server.crt"\n' } },
  },
  {
    row: 75,
    rule: "flags/ssl-leaves-rest-open",
    scene: flagsOnly("--model_base_path=/models/m", "--rest_api_port=8501", "--ssl_config_file=/ssl.config"),
  },
  {
    row: 76,
    rule: "deploy/cpu-runs-image",
    scene: {
      ...script(`docker run -p 8501:8501 ${image} --model_base_path=gs://b/m`),
      machine: { architecture: "x64", cpuFeatures: ["sse2", "sse4_2"] },
    },
  },
  {
    row: 77,
    rule: "deploy/cpu-runs-image",
    scene: {
      ...script(`docker run -p 8501:8501 ${image} --model_base_path=gs://b/m`),
      machine: { architecture: "arm64" },
    },
  },
  { row: 78, rule: "flags/profiler-off", scene: flagsOnly("--model_base_path=/models/m") },
  {
    row: 79,
    rule: "flags/rest-timeout",
    scene: served(""),
  },
];
