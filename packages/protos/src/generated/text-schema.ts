// Made by scripts/generate.ts from proto/config and proto/any-types: edit those files instead.
// As text: an engine reads JSON much faster than the same as code, and every check of a file waits for it.
export const json = `{"messages": {
  "google.protobuf.Any": [[["type_url",1,"string"],["value",2,"bytes"]]],
  "google.protobuf.BoolValue": [[["value",1,"bool"]]],
  "google.protobuf.Int64Value": [[["value",1,"int64"]]],
  "google.protobuf.StringValue": [[["value",1,"string"]]],
  "tensorflow.serving.BatchingParameters": [[["max_batch_size",1,"google.protobuf.Int64Value","m"],["batch_timeout_micros",2,"google.protobuf.Int64Value","m"],["max_enqueued_batches",3,"google.protobuf.Int64Value","m"],["num_batch_threads",4,"google.protobuf.Int64Value","m"],["thread_pool_name",5,"google.protobuf.StringValue","m"],["enable_large_batch_splitting",8,"google.protobuf.BoolValue","m"],["max_execution_batch_size",9,"google.protobuf.Int64Value","m"],["allowed_batch_sizes",6,"int64","rp"],["pad_variable_length_inputs",7,"bool"]]],
  "tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy": [[["latest",100,"tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy.Latest","m","policy_choice"],["all",101,"tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy.All","m","policy_choice"],["specific",102,"tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy.Specific","m","policy_choice"]]],
  "tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy.All": [[]],
  "tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy.Latest": [[["num_versions",1,"uint32"]]],
  "tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy.Specific": [[["versions",1,"int64","rp"]]],
  "tensorflow.serving.LogCollectorConfig": [[["type",1,"string"],["filename_prefix",2,"string"]]],
  "tensorflow.serving.LoggingConfig": [[["log_collector_config",1,"tensorflow.serving.LogCollectorConfig","m"],["sampling_config",2,"tensorflow.serving.SamplingConfig","m"]]],
  "tensorflow.serving.ModelConfig": [[["name",1,"string"],["base_path",2,"string"],["model_type",3,"tensorflow.serving.ModelType","ed"],["model_platform",4,"string"],["model_version_policy",7,"tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy","m"],["version_labels",8,"tensorflow.serving.ModelConfig.VersionLabelsEntry","mrk"],["logging_config",6,"tensorflow.serving.LoggingConfig","m"]]],
  "tensorflow.serving.ModelConfig.VersionLabelsEntry": [[["key",1,"string"],["value",2,"int64"]],["/"]],
  "tensorflow.serving.ModelConfigList": [[["config",1,"tensorflow.serving.ModelConfig","mr"]]],
  "tensorflow.serving.ModelServerConfig": [[["model_config_list",1,"tensorflow.serving.ModelConfigList","m","config"],["custom_model_config",2,"google.protobuf.Any","m","config"]]],
  "tensorflow.serving.MonitoringConfig": [[["prometheus_config",1,"tensorflow.serving.PrometheusConfig","m"]]],
  "tensorflow.serving.PlatformConfig": [[["source_adapter_config",1,"google.protobuf.Any","m"]]],
  "tensorflow.serving.PlatformConfigMap": [[["platform_configs",1,"tensorflow.serving.PlatformConfigMap.PlatformConfigsEntry","mrk"]]],
  "tensorflow.serving.PlatformConfigMap.PlatformConfigsEntry": [[["key",1,"string"],["value",2,"tensorflow.serving.PlatformConfig","m"]],["/"]],
  "tensorflow.serving.PrometheusConfig": [[["enable",1,"bool"],["path",2,"string"]]],
  "tensorflow.serving.SSLConfig": [[["server_key",1,"string"],["server_cert",2,"string"],["custom_ca",3,"string"],["client_verify",4,"bool"]]],
  "tensorflow.serving.SamplingConfig": [[["sampling_rate",1,"double"],["attributes",2,"int32"]]]
},
"enums": {
  "tensorflow.serving.ModelType": [{"MODEL_TYPE_UNSPECIFIED":0,"TENSORFLOW":1,"OTHER":2}]
}}`;
