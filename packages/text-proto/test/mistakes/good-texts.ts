/** Text protos without a mistake, as people lay them out; by message. */
export const goodTexts: readonly (readonly [name: string, message: string, text: string])[] = [
  [
    "batching",
    "tensorflow.serving.BatchingParameters",
    `# tuned for the T4
max_batch_size { value: 128 }
batch_timeout_micros { value: 2000 }
max_enqueued_batches { value: 1000000 }
num_batch_threads { value: 8 }
allowed_batch_sizes: 32
allowed_batch_sizes: 64
allowed_batch_sizes: 128
pad_variable_length_inputs: true
thread_pool_name { value: "shared" }
`,
  ],
  [
    "batching-tall",
    "tensorflow.serving.BatchingParameters",
    `max_batch_size {
  value: 64
}
batch_timeout_micros {
  value: 0  # no waiting
}
num_batch_threads {
  value: 4
}
allowed_batch_sizes: [8, 16, 32, 64]
enable_large_batch_splitting {
  value: true
}
max_execution_batch_size { value: 32 }
`,
  ],
  [
    "models",
    "tensorflow.serving.ModelServerConfig",
    `model_config_list {
  config {
    name: "resnet"
    base_path: "/models/resnet"
    model_platform: "tensorflow"
    model_version_policy {
      specific {
        versions: 3
        versions: 4
      }
    }
    version_labels {
      key: "stable"
      value: 3
    }
    version_labels {
      key: "canary"
      value: 4
    }
  }
  # the small one
  config {
    name: "mlp"
    base_path: "/models/mlp"
    model_platform: "tensorflow"
    model_version_policy { latest { num_versions: 2 } }
  }
}
`,
  ],
  [
    "models-colons",
    "tensorflow.serving.ModelServerConfig",
    `model_config_list: {
  config: {
    name: "a",
    base_path: "/models/a",
    model_platform: "tensorflow",
    model_version_policy: { all: {} }
  },
  config: {
    name: "b",
    base_path: "/models/b",
    model_platform: "tensorflow",
    version_labels: { key: "live", value: 2 },
  }
}
`,
  ],
  [
    "models-compact",
    "tensorflow.serving.ModelServerConfig",
    `model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" } config { name: "b" base_path: "/m/b" model_platform: "tensorflow" } }
`,
  ],
  [
    "monitoring",
    "tensorflow.serving.MonitoringConfig",
    `prometheus_config {
  enable: true
  path: "/monitoring/prometheus/metrics"
}
`,
  ],
  [
    "tls",
    "tensorflow.serving.SSLConfig",
    `server_key: "-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----\\n"
server_cert: "-----BEGIN CERTIFICATE-----\\n"
             "MIIDazCC\\n"
             "-----END CERTIFICATE-----\\n"
client_verify: false
`,
  ],
  [
    "platform",
    "tensorflow.serving.PlatformConfigMap",
    `platform_configs {
  key: "tensorflow"
  value {
    source_adapter_config {
      [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] {
        legacy_config {
          session_config {
            intra_op_parallelism_threads: 4
            gpu_options { per_process_gpu_memory_fraction: 0.5 allow_growth: true }
          }
          batching_parameters { max_batch_size { value: 32 } }
          saved_model_tags: "serve"
        }
      }
    }
  }
}
`,
  ],
  [
    "session",
    "tensorflow.ConfigProto",
    `device_count { key: "CPU" value: 1 }
intra_op_parallelism_threads: 8
inter_op_parallelism_threads: 2
allow_soft_placement: true
gpu_options {
  per_process_gpu_memory_fraction: 0.75
  visible_device_list: "0,1"
}
graph_options {
  optimizer_options {
    opt_level: L1
    global_jit_level: ON_1
  }
  rewrite_options {
    constant_folding: OFF
    optimizers: "layout"
    optimizers: "remap"
  }
}
`,
  ],
];
