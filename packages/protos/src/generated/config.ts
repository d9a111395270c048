// Made by scripts/generate.ts from proto/config: edit those files instead.
import type { INamespace } from "protobufjs";

// Through unknown: the declared type of a map field lacks its keyType.
const json: unknown = {
 "nested": {
  "google": {
   "nested": {
    "protobuf": {
     "nested": {
      "Any": {
       "fields": {
        "type_url": {
         "type": "string",
         "id": 1
        },
        "value": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "DoubleValue": {
       "fields": {
        "value": {
         "type": "double",
         "id": 1
        }
       }
      },
      "FloatValue": {
       "fields": {
        "value": {
         "type": "float",
         "id": 1
        }
       }
      },
      "Int64Value": {
       "fields": {
        "value": {
         "type": "int64",
         "id": 1
        }
       }
      },
      "UInt64Value": {
       "fields": {
        "value": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "Int32Value": {
       "fields": {
        "value": {
         "type": "int32",
         "id": 1
        }
       }
      },
      "UInt32Value": {
       "fields": {
        "value": {
         "type": "uint32",
         "id": 1
        }
       }
      },
      "BoolValue": {
       "fields": {
        "value": {
         "type": "bool",
         "id": 1
        }
       }
      },
      "StringValue": {
       "fields": {
        "value": {
         "type": "string",
         "id": 1
        }
       }
      },
      "BytesValue": {
       "fields": {
        "value": {
         "type": "bytes",
         "id": 1
        }
       }
      }
     }
    }
   }
  },
  "tensorflow": {
   "nested": {
    "AttrValue": {
     "oneofs": {
      "value": {
       "oneof": [
        "s",
        "i",
        "f",
        "b",
        "type",
        "shape",
        "tensor",
        "list",
        "func",
        "placeholder"
       ]
      }
     },
     "fields": {
      "s": {
       "type": "bytes",
       "id": 2
      },
      "i": {
       "type": "int64",
       "id": 3
      },
      "f": {
       "type": "float",
       "id": 4
      },
      "b": {
       "type": "bool",
       "id": 5
      },
      "type": {
       "type": "DataType",
       "id": 6
      },
      "shape": {
       "type": "TensorShapeProto",
       "id": 7
      },
      "tensor": {
       "type": "TensorProto",
       "id": 8
      },
      "list": {
       "type": "ListValue",
       "id": 1
      },
      "func": {
       "type": "NameAttrList",
       "id": 10
      },
      "placeholder": {
       "type": "string",
       "id": 9
      }
     },
     "nested": {
      "ListValue": {
       "fields": {
        "s": {
         "rule": "repeated",
         "type": "bytes",
         "id": 2
        },
        "i": {
         "rule": "repeated",
         "type": "int64",
         "id": 3
        },
        "f": {
         "rule": "repeated",
         "type": "float",
         "id": 4
        },
        "b": {
         "rule": "repeated",
         "type": "bool",
         "id": 5
        },
        "type": {
         "rule": "repeated",
         "type": "DataType",
         "id": 6
        },
        "shape": {
         "rule": "repeated",
         "type": "TensorShapeProto",
         "id": 7
        },
        "tensor": {
         "rule": "repeated",
         "type": "TensorProto",
         "id": 8
        },
        "func": {
         "rule": "repeated",
         "type": "NameAttrList",
         "id": 9
        }
       }
      }
     }
    },
    "NameAttrList": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "attr": {
       "keyType": "string",
       "type": "AttrValue",
       "id": 2
      }
     }
    },
    "JobDef": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "tasks": {
       "keyType": "int32",
       "type": "string",
       "id": 2
      }
     }
    },
    "ClusterDef": {
     "fields": {
      "job": {
       "rule": "repeated",
       "type": "JobDef",
       "id": 1
      }
     }
    },
    "CoordinatedJob": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "num_tasks": {
       "type": "int32",
       "id": 2
      }
     }
    },
    "CoordinationServiceConfig": {
     "fields": {
      "service_type": {
       "type": "string",
       "id": 1
      },
      "service_leader": {
       "type": "string",
       "id": 2
      },
      "enable_health_check": {
       "type": "bool",
       "id": 3
      },
      "cluster_register_timeout_in_ms": {
       "type": "int64",
       "id": 4
      },
      "heartbeat_timeout_in_ms": {
       "type": "int64",
       "id": 5
      },
      "coordinated_job_list": {
       "rule": "repeated",
       "type": "CoordinatedJob",
       "id": 10
      },
      "shutdown_barrier_timeout_in_ms": {
       "type": "int64",
       "id": 7
      },
      "agent_destruction_without_shutdown": {
       "type": "bool",
       "id": 8
      },
      "recoverable_jobs": {
       "rule": "repeated",
       "type": "string",
       "id": 9
      },
      "allow_new_incarnation_to_reconnect": {
       "type": "bool",
       "id": 11
      },
      "force_disable": {
       "type": "bool",
       "id": 12
      }
     },
     "reserved": [
      [
       6,
       6
      ]
     ]
    },
    "serving": {
     "nested": {
      "FileSystemStoragePathSourceConfig": {
       "fields": {
        "servables": {
         "rule": "repeated",
         "type": "ServableToMonitor",
         "id": 5
        },
        "file_system_poll_wait_seconds": {
         "type": "int64",
         "id": 3
        },
        "fail_if_zero_versions_at_startup": {
         "type": "bool",
         "id": 4,
         "options": {
          "deprecated": true
         }
        },
        "servable_versions_always_present": {
         "type": "bool",
         "id": 6
        }
       },
       "reserved": [
        [
         1,
         1
        ],
        [
         2,
         2
        ]
       ],
       "nested": {
        "ServableVersionPolicy": {
         "oneofs": {
          "policy_choice": {
           "oneof": [
            "latest",
            "all",
            "specific"
           ]
          }
         },
         "fields": {
          "latest": {
           "type": "Latest",
           "id": 100
          },
          "all": {
           "type": "All",
           "id": 101
          },
          "specific": {
           "type": "Specific",
           "id": 102
          }
         },
         "nested": {
          "Latest": {
           "fields": {
            "num_versions": {
             "type": "uint32",
             "id": 1
            }
           }
          },
          "All": {
           "fields": {}
          },
          "Specific": {
           "fields": {
            "versions": {
             "rule": "repeated",
             "type": "int64",
             "id": 1
            }
           }
          }
         }
        },
        "ServableToMonitor": {
         "fields": {
          "servable_name": {
           "type": "string",
           "id": 1
          },
          "base_path": {
           "type": "string",
           "id": 2
          },
          "servable_version_policy": {
           "type": "FileSystemStoragePathSourceConfig.ServableVersionPolicy",
           "id": 4
          }
         },
         "reserved": [
          [
           3,
           3
          ]
         ]
        }
       }
      },
      "LogCollectorConfig": {
       "fields": {
        "type": {
         "type": "string",
         "id": 1
        },
        "filename_prefix": {
         "type": "string",
         "id": 2
        }
       }
      },
      "SamplingConfig": {
       "fields": {
        "sampling_rate": {
         "type": "double",
         "id": 1
        },
        "attributes": {
         "type": "int32",
         "id": 2
        }
       },
       "nested": {
        "Attributes": {
         "values": {
          "ATTR_DEFAULT": 0,
          "ATTR_REQUEST_ORIGIN": 1,
          "ATTR_REQUEST_CRITICALITY": 2
         }
        }
       }
      },
      "LoggingConfig": {
       "fields": {
        "log_collector_config": {
         "type": "LogCollectorConfig",
         "id": 1
        },
        "sampling_config": {
         "type": "SamplingConfig",
         "id": 2
        }
       }
      },
      "ModelConfig": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "base_path": {
         "type": "string",
         "id": 2
        },
        "model_type": {
         "type": "ModelType",
         "id": 3,
         "options": {
          "deprecated": true
         }
        },
        "model_platform": {
         "type": "string",
         "id": 4
        },
        "model_version_policy": {
         "type": "FileSystemStoragePathSourceConfig.ServableVersionPolicy",
         "id": 7
        },
        "version_labels": {
         "keyType": "string",
         "type": "int64",
         "id": 8
        },
        "logging_config": {
         "type": "LoggingConfig",
         "id": 6
        }
       },
       "reserved": [
        [
         5,
         5
        ],
        [
         9,
         9
        ]
       ]
      },
      "ModelConfigList": {
       "fields": {
        "config": {
         "rule": "repeated",
         "type": "ModelConfig",
         "id": 1
        }
       }
      },
      "ModelServerConfig": {
       "oneofs": {
        "config": {
         "oneof": [
          "model_config_list",
          "custom_model_config"
         ]
        }
       },
       "fields": {
        "model_config_list": {
         "type": "ModelConfigList",
         "id": 1
        },
        "custom_model_config": {
         "type": "google.protobuf.Any",
         "id": 2
        }
       }
      },
      "ModelType": {
       "values": {
        "MODEL_TYPE_UNSPECIFIED": 0,
        "TENSORFLOW": 1,
        "OTHER": 2
       }
      },
      "PrometheusConfig": {
       "fields": {
        "enable": {
         "type": "bool",
         "id": 1
        },
        "path": {
         "type": "string",
         "id": 2
        }
       }
      },
      "MonitoringConfig": {
       "fields": {
        "prometheus_config": {
         "type": "PrometheusConfig",
         "id": 1
        }
       }
      },
      "PlatformConfig": {
       "fields": {
        "source_adapter_config": {
         "type": "google.protobuf.Any",
         "id": 1
        }
       }
      },
      "PlatformConfigMap": {
       "fields": {
        "platform_configs": {
         "keyType": "string",
         "type": "PlatformConfig",
         "id": 1
        }
       }
      },
      "SavedModelBundleSourceAdapterConfig": {
       "fields": {
        "legacy_config": {
         "type": "SessionBundleConfig",
         "id": 1000
        }
       }
      },
      "ModelWarmupOptions": {
       "fields": {
        "num_request_iterations": {
         "type": "google.protobuf.Int32Value",
         "id": 1
        },
        "num_model_warmup_threads": {
         "type": "google.protobuf.Int32Value",
         "id": 2
        },
        "model_name": {
         "type": "string",
         "id": 3
        },
        "model_version": {
         "type": "int64",
         "id": 4
        },
        "enable_all_batch_sizes_warmup": {
         "type": "bool",
         "id": 5
        }
       }
      },
      "SessionBundleConfig": {
       "fields": {
        "session_target": {
         "type": "string",
         "id": 1
        },
        "session_config": {
         "type": "tensorflow.ConfigProto",
         "id": 2
        },
        "batching_parameters": {
         "type": "BatchingParameters",
         "id": 3
        },
        "session_run_load_threadpool_index": {
         "type": "google.protobuf.Int32Value",
         "id": 4
        },
        "experimental_transient_ram_bytes_during_load": {
         "type": "uint64",
         "id": 5
        },
        "saved_model_tags": {
         "rule": "repeated",
         "type": "string",
         "id": 6
        },
        "experimental_fixed_input_tensors": {
         "rule": "repeated",
         "type": "tensorflow.NamedTensorProto",
         "id": 778
        },
        "enable_model_warmup": {
         "type": "bool",
         "id": 779
        },
        "model_warmup_options": {
         "type": "ModelWarmupOptions",
         "id": 780
        },
        "enable_session_metadata": {
         "type": "bool",
         "id": 781
        },
        "remove_unused_fields_from_bundle_metagraph": {
         "type": "bool",
         "id": 782
        },
        "prefer_tflite_model": {
         "type": "bool",
         "id": 783
        },
        "resource_estimation_uses_validation_result": {
         "type": "bool",
         "id": 784
        },
        "num_tflite_interpreters": {
         "type": "int32",
         "id": 785,
         "options": {
          "deprecated": true
         }
        },
        "num_tflite_interpreters_per_pool": {
         "type": "int32",
         "id": 786
        },
        "num_tflite_pools": {
         "type": "int32",
         "id": 787
        },
        "wrap_session_with_no_threading_params": {
         "type": "bool",
         "id": 788
        },
        "enable_per_model_batching_params": {
         "type": "bool",
         "id": 789
        },
        "enable_saved_model_config": {
         "type": "bool",
         "id": 790
        },
        "mixed_precision": {
         "type": "string",
         "id": 791
        }
       }
      },
      "BatchingParameters": {
       "fields": {
        "max_batch_size": {
         "type": "google.protobuf.Int64Value",
         "id": 1
        },
        "batch_timeout_micros": {
         "type": "google.protobuf.Int64Value",
         "id": 2
        },
        "max_enqueued_batches": {
         "type": "google.protobuf.Int64Value",
         "id": 3
        },
        "num_batch_threads": {
         "type": "google.protobuf.Int64Value",
         "id": 4
        },
        "thread_pool_name": {
         "type": "google.protobuf.StringValue",
         "id": 5
        },
        "enable_large_batch_splitting": {
         "type": "google.protobuf.BoolValue",
         "id": 8
        },
        "max_execution_batch_size": {
         "type": "google.protobuf.Int64Value",
         "id": 9
        },
        "allowed_batch_sizes": {
         "rule": "repeated",
         "type": "int64",
         "id": 6
        },
        "pad_variable_length_inputs": {
         "type": "bool",
         "id": 7
        }
       }
      },
      "SSLConfig": {
       "fields": {
        "server_key": {
         "type": "string",
         "id": 1
        },
        "server_cert": {
         "type": "string",
         "id": 2
        },
        "custom_ca": {
         "type": "string",
         "id": 3
        },
        "client_verify": {
         "type": "bool",
         "id": 4
        }
       }
      }
     }
    },
    "NamedTensorProto": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "tensor": {
       "type": "TensorProto",
       "id": 2
      }
     }
    },
    "GPUOptions": {
     "fields": {
      "per_process_gpu_memory_fraction": {
       "type": "double",
       "id": 1
      },
      "allow_growth": {
       "type": "bool",
       "id": 4
      },
      "allocator_type": {
       "type": "string",
       "id": 2
      },
      "deferred_deletion_bytes": {
       "type": "int64",
       "id": 3
      },
      "visible_device_list": {
       "type": "string",
       "id": 5
      },
      "polling_active_delay_usecs": {
       "type": "int32",
       "id": 6
      },
      "polling_inactive_delay_msecs": {
       "type": "int32",
       "id": 7
      },
      "force_gpu_compatible": {
       "type": "bool",
       "id": 8
      },
      "experimental": {
       "type": "Experimental",
       "id": 9
      }
     },
     "nested": {
      "Experimental": {
       "fields": {
        "virtual_devices": {
         "rule": "repeated",
         "type": "VirtualDevices",
         "id": 1
        },
        "num_virtual_devices_per_gpu": {
         "type": "int32",
         "id": 15
        },
        "use_unified_memory": {
         "type": "bool",
         "id": 2
        },
        "num_dev_to_dev_copy_streams": {
         "type": "int32",
         "id": 3
        },
        "collective_ring_order": {
         "type": "string",
         "id": 4
        },
        "timestamped_allocator": {
         "type": "bool",
         "id": 5
        },
        "kernel_tracker_max_interval": {
         "type": "int32",
         "id": 7
        },
        "kernel_tracker_max_bytes": {
         "type": "int32",
         "id": 8
        },
        "kernel_tracker_max_pending": {
         "type": "int32",
         "id": 9
        },
        "internal_fragmentation_fraction": {
         "type": "double",
         "id": 10
        },
        "use_cuda_malloc_async": {
         "type": "bool",
         "id": 11
        },
        "disallow_retry_on_allocation_failure": {
         "type": "bool",
         "id": 12
        },
        "gpu_host_mem_limit_in_mb": {
         "type": "float",
         "id": 13
        },
        "gpu_host_mem_disallow_growth": {
         "type": "bool",
         "id": 14
        },
        "gpu_system_memory_size_in_mb": {
         "type": "int32",
         "id": 16
        },
        "populate_pjrt_gpu_client_creation_info": {
         "type": "bool",
         "id": 17
        },
        "node_id": {
         "type": "int32",
         "id": 18
        },
        "stream_merge_options": {
         "type": "StreamMergeOptions",
         "id": 19
        }
       },
       "nested": {
        "VirtualDevices": {
         "fields": {
          "memory_limit_mb": {
           "rule": "repeated",
           "type": "float",
           "id": 1
          },
          "priority": {
           "rule": "repeated",
           "type": "int32",
           "id": 2
          },
          "device_ordinal": {
           "rule": "repeated",
           "type": "int32",
           "id": 3
          }
         }
        },
        "StreamMergeOptions": {
         "fields": {
          "merge_host_to_device_stream": {
           "type": "bool",
           "id": 1
          },
          "merge_device_to_host_stream": {
           "type": "bool",
           "id": 2
          },
          "merge_device_to_device_stream": {
           "type": "bool",
           "id": 3
          }
         }
        }
       }
      }
     }
    },
    "OptimizerOptions": {
     "fields": {
      "do_common_subexpression_elimination": {
       "type": "bool",
       "id": 1
      },
      "do_constant_folding": {
       "type": "bool",
       "id": 2
      },
      "max_folded_constant_in_bytes": {
       "type": "int64",
       "id": 6
      },
      "do_function_inlining": {
       "type": "bool",
       "id": 4
      },
      "opt_level": {
       "type": "Level",
       "id": 3
      },
      "global_jit_level": {
       "type": "GlobalJitLevel",
       "id": 5
      },
      "cpu_global_jit": {
       "type": "bool",
       "id": 7
      }
     },
     "nested": {
      "Level": {
       "values": {
        "L1": 0,
        "L0": -1
       }
      },
      "GlobalJitLevel": {
       "values": {
        "DEFAULT": 0,
        "OFF": -1,
        "ON_1": 1,
        "ON_2": 2
       }
      }
     }
    },
    "GraphOptions": {
     "fields": {
      "enable_recv_scheduling": {
       "type": "bool",
       "id": 2
      },
      "optimizer_options": {
       "type": "OptimizerOptions",
       "id": 3
      },
      "build_cost_model": {
       "type": "int64",
       "id": 4
      },
      "build_cost_model_after": {
       "type": "int64",
       "id": 9
      },
      "infer_shapes": {
       "type": "bool",
       "id": 5
      },
      "place_pruned_graph": {
       "type": "bool",
       "id": 6
      },
      "enable_bfloat16_sendrecv": {
       "type": "bool",
       "id": 7
      },
      "timeline_step": {
       "type": "int32",
       "id": 8
      },
      "rewrite_options": {
       "type": "RewriterConfig",
       "id": 10
      }
     },
     "reserved": [
      [
       1,
       1
      ],
      "skip_common_subexpression_elimination"
     ]
    },
    "ThreadPoolOptionProto": {
     "fields": {
      "num_threads": {
       "type": "int32",
       "id": 1
      },
      "global_name": {
       "type": "string",
       "id": 2
      }
     }
    },
    "SessionMetadata": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "version": {
       "type": "int64",
       "id": 2
      }
     }
    },
    "ConfigProto": {
     "fields": {
      "device_count": {
       "keyType": "string",
       "type": "int32",
       "id": 1
      },
      "intra_op_parallelism_threads": {
       "type": "int32",
       "id": 2
      },
      "inter_op_parallelism_threads": {
       "type": "int32",
       "id": 5
      },
      "use_per_session_threads": {
       "type": "bool",
       "id": 9
      },
      "session_inter_op_thread_pool": {
       "rule": "repeated",
       "type": "ThreadPoolOptionProto",
       "id": 12
      },
      "placement_period": {
       "type": "int32",
       "id": 3
      },
      "device_filters": {
       "rule": "repeated",
       "type": "string",
       "id": 4
      },
      "gpu_options": {
       "type": "GPUOptions",
       "id": 6
      },
      "allow_soft_placement": {
       "type": "bool",
       "id": 7
      },
      "log_device_placement": {
       "type": "bool",
       "id": 8
      },
      "graph_options": {
       "type": "GraphOptions",
       "id": 10
      },
      "operation_timeout_in_ms": {
       "type": "int64",
       "id": 11
      },
      "rpc_options": {
       "type": "RPCOptions",
       "id": 13
      },
      "cluster_def": {
       "type": "ClusterDef",
       "id": 14
      },
      "isolate_session_state": {
       "type": "bool",
       "id": 15
      },
      "share_cluster_devices_in_session": {
       "type": "bool",
       "id": 17
      },
      "experimental": {
       "type": "Experimental",
       "id": 16
      }
     },
     "nested": {
      "Experimental": {
       "fields": {
        "collective_group_leader": {
         "type": "string",
         "id": 1
        },
        "executor_type": {
         "type": "string",
         "id": 3
        },
        "recv_buf_max_chunk": {
         "type": "int32",
         "id": 4
        },
        "use_numa_affinity": {
         "type": "bool",
         "id": 5
        },
        "collective_deterministic_sequential_execution": {
         "type": "bool",
         "id": 6
        },
        "collective_nccl": {
         "type": "bool",
         "id": 7
        },
        "share_session_state_in_clusterspec_propagation": {
         "type": "bool",
         "id": 8
        },
        "disable_thread_spinning": {
         "type": "bool",
         "id": 9
        },
        "share_cluster_devices_in_session": {
         "type": "bool",
         "id": 10
        },
        "session_metadata": {
         "type": "SessionMetadata",
         "id": 11
        },
        "optimize_for_static_graph": {
         "type": "bool",
         "id": 12
        },
        "enable_mlir_bridge": {
         "type": "bool",
         "id": 13
        },
        "mlir_bridge_rollout": {
         "type": "MlirBridgeRollout",
         "id": 17
        },
        "enable_mlir_graph_optimization": {
         "type": "bool",
         "id": 16
        },
        "disable_output_partition_graphs": {
         "type": "bool",
         "id": 14
        },
        "xla_fusion_autotuner_thresh": {
         "type": "int64",
         "id": 15
        },
        "use_tfrt": {
         "type": "bool",
         "id": 18
        },
        "enable_multi_host": {
         "type": "bool",
         "id": 27
        },
        "backend_server_port": {
         "type": "int32",
         "id": 28
        },
        "target_tpu": {
         "type": "bool",
         "id": 29
        },
        "target_gpu": {
         "type": "bool",
         "id": 30
        },
        "stream_merge_threshold": {
         "type": "int32",
         "id": 31
        },
        "disable_functional_ops_lowering": {
         "type": "bool",
         "id": 21
        },
        "xla_prefer_single_graph_cluster": {
         "type": "bool",
         "id": 22
        },
        "coordination_config": {
         "type": "CoordinationServiceConfig",
         "id": 23
        },
        "disable_optimize_for_static_graph": {
         "type": "bool",
         "id": 24
        },
        "disable_eager_executor_streaming_enqueue": {
         "type": "bool",
         "id": 26
        }
       },
       "reserved": [
        [
         2,
         2
        ],
        [
         19,
         19
        ],
        [
         20,
         20
        ],
        [
         25,
         25
        ]
       ],
       "nested": {
        "MlirBridgeRollout": {
         "values": {
          "MLIR_BRIDGE_ROLLOUT_UNSPECIFIED": 0,
          "MLIR_BRIDGE_ROLLOUT_ENABLED": 1,
          "MLIR_BRIDGE_ROLLOUT_DISABLED": 2
         }
        }
       }
      }
     }
    },
    "RPCOptions": {
     "fields": {
      "use_rpc_for_inprocess_master": {
       "type": "bool",
       "id": 1
      },
      "compression_algorithm": {
       "type": "string",
       "id": 2
      },
      "compression_level": {
       "type": "int32",
       "id": 3
      },
      "cache_rpc_response": {
       "type": "bool",
       "id": 4
      },
      "disable_session_connection_sharing": {
       "type": "bool",
       "id": 5
      },
      "num_channels_per_target": {
       "type": "int32",
       "id": 6
      }
     }
    },
    "ResourceHandleProto": {
     "fields": {
      "device": {
       "type": "string",
       "id": 1
      },
      "container": {
       "type": "string",
       "id": 2
      },
      "name": {
       "type": "string",
       "id": 3
      },
      "hash_code": {
       "type": "uint64",
       "id": 4
      },
      "maybe_type_name": {
       "type": "string",
       "id": 5
      },
      "dtypes_and_shapes": {
       "rule": "repeated",
       "type": "DtypeAndShape",
       "id": 6
      }
     },
     "reserved": [
      [
       7,
       7
      ]
     ],
     "nested": {
      "DtypeAndShape": {
       "fields": {
        "dtype": {
         "type": "DataType",
         "id": 1
        },
        "shape": {
         "type": "TensorShapeProto",
         "id": 2
        }
       }
      }
     }
    },
    "AutoParallelOptions": {
     "fields": {
      "enable": {
       "type": "bool",
       "id": 1
      },
      "num_replicas": {
       "type": "int32",
       "id": 2
      }
     }
    },
    "ScopedAllocatorOptions": {
     "fields": {
      "enable_op": {
       "rule": "repeated",
       "type": "string",
       "id": 1
      }
     }
    },
    "RewriterConfig": {
     "fields": {
      "cpu_layout_conversion": {
       "type": "CpuLayout",
       "id": 50
      },
      "layout_optimizer": {
       "type": "Toggle",
       "id": 1
      },
      "constant_folding": {
       "type": "Toggle",
       "id": 3
      },
      "shape_optimization": {
       "type": "Toggle",
       "id": 13
      },
      "remapping": {
       "type": "Toggle",
       "id": 14
      },
      "common_subgraph_elimination": {
       "type": "Toggle",
       "id": 24
      },
      "arithmetic_optimization": {
       "type": "Toggle",
       "id": 7
      },
      "dependency_optimization": {
       "type": "Toggle",
       "id": 8
      },
      "loop_optimization": {
       "type": "Toggle",
       "id": 9
      },
      "function_optimization": {
       "type": "Toggle",
       "id": 10
      },
      "debug_stripper": {
       "type": "Toggle",
       "id": 11
      },
      "disable_model_pruning": {
       "type": "bool",
       "id": 2
      },
      "scoped_allocator_optimization": {
       "type": "Toggle",
       "id": 15
      },
      "pin_to_host_optimization": {
       "type": "Toggle",
       "id": 18
      },
      "implementation_selector": {
       "type": "Toggle",
       "id": 22
      },
      "auto_mixed_precision": {
       "type": "Toggle",
       "id": 23
      },
      "auto_mixed_precision_mkl": {
       "type": "Toggle",
       "id": 25
      },
      "auto_mixed_precision_onednn_bfloat16": {
       "type": "Toggle",
       "id": 31
      },
      "auto_mixed_precision_cpu": {
       "type": "Toggle",
       "id": 29
      },
      "disable_meta_optimizer": {
       "type": "bool",
       "id": 19
      },
      "disable_tfg_optimizer": {
       "type": "bool",
       "id": 32
      },
      "use_plugin_optimizers": {
       "type": "Toggle",
       "id": 28
      },
      "experimental_conditional_code_motion": {
       "type": "Toggle",
       "id": 30
      },
      "meta_optimizer_iterations": {
       "type": "NumIterationsType",
       "id": 12
      },
      "min_graph_nodes": {
       "type": "int32",
       "id": 17
      },
      "experimental_disable_compressed_tensor_optimization": {
       "type": "bool",
       "id": 26
      },
      "experimental_disable_folding_quantization_emulation": {
       "type": "bool",
       "id": 27
      },
      "memory_optimization": {
       "type": "MemOptType",
       "id": 4
      },
      "memory_optimizer_target_node_name_scope": {
       "type": "string",
       "id": 6
      },
      "meta_optimizer_timeout_ms": {
       "type": "int64",
       "id": 20
      },
      "auto_parallel": {
       "type": "AutoParallelOptions",
       "id": 5
      },
      "fail_on_optimizer_errors": {
       "type": "bool",
       "id": 21
      },
      "scoped_allocator_opts": {
       "type": "ScopedAllocatorOptions",
       "id": 16
      },
      "optimizers": {
       "rule": "repeated",
       "type": "string",
       "id": 100
      },
      "custom_optimizers": {
       "rule": "repeated",
       "type": "CustomGraphOptimizer",
       "id": 200
      },
      "inter_optimizer_verifier_config": {
       "type": "VerifierConfig",
       "id": 300
      },
      "post_optimization_verifier_config": {
       "type": "VerifierConfig",
       "id": 301
      }
     },
     "nested": {
      "CustomGraphOptimizer": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "parameter_map": {
         "keyType": "string",
         "type": "AttrValue",
         "id": 2
        }
       }
      },
      "Toggle": {
       "values": {
        "DEFAULT": 0,
        "ON": 1,
        "OFF": 2,
        "AGGRESSIVE": 3,
        "EXPERIMENTAL_MLIR": 4,
        "EXPERIMENTAL_BOTH": 5
       }
      },
      "CpuLayout": {
       "values": {
        "NO_CONVERSION_ON_CPU": 0,
        "NCHW_TO_NHWC": 1,
        "NHWC_TO_NCHW": 2
       }
      },
      "NumIterationsType": {
       "values": {
        "DEFAULT_NUM_ITERS": 0,
        "ONE": 1,
        "TWO": 2
       }
      },
      "MemOptType": {
       "values": {
        "DEFAULT_MEM_OPT": 0,
        "NO_MEM_OPT": 1,
        "MANUAL": 2,
        "SWAPPING_HEURISTICS": 4,
        "RECOMPUTATION_HEURISTICS": 5,
        "SCHEDULING_HEURISTICS": 6,
        "HEURISTICS": 3
       }
      }
     }
    },
    "TensorShapeProto": {
     "fields": {
      "dim": {
       "rule": "repeated",
       "type": "Dim",
       "id": 2
      },
      "unknown_rank": {
       "type": "bool",
       "id": 3
      }
     },
     "nested": {
      "Dim": {
       "fields": {
        "size": {
         "type": "int64",
         "id": 1
        },
        "name": {
         "type": "string",
         "id": 2
        }
       }
      }
     }
    },
    "TensorProto": {
     "fields": {
      "dtype": {
       "type": "DataType",
       "id": 1
      },
      "tensor_shape": {
       "type": "TensorShapeProto",
       "id": 2
      },
      "version_number": {
       "type": "int32",
       "id": 3
      },
      "tensor_content": {
       "type": "bytes",
       "id": 4
      },
      "half_val": {
       "rule": "repeated",
       "type": "int32",
       "id": 13
      },
      "float_val": {
       "rule": "repeated",
       "type": "float",
       "id": 5
      },
      "double_val": {
       "rule": "repeated",
       "type": "double",
       "id": 6
      },
      "int_val": {
       "rule": "repeated",
       "type": "int32",
       "id": 7
      },
      "string_val": {
       "rule": "repeated",
       "type": "bytes",
       "id": 8
      },
      "scomplex_val": {
       "rule": "repeated",
       "type": "float",
       "id": 9
      },
      "int64_val": {
       "rule": "repeated",
       "type": "int64",
       "id": 10
      },
      "bool_val": {
       "rule": "repeated",
       "type": "bool",
       "id": 11
      },
      "dcomplex_val": {
       "rule": "repeated",
       "type": "double",
       "id": 12
      },
      "resource_handle_val": {
       "rule": "repeated",
       "type": "ResourceHandleProto",
       "id": 14
      },
      "variant_val": {
       "rule": "repeated",
       "type": "VariantTensorDataProto",
       "id": 15
      },
      "uint32_val": {
       "rule": "repeated",
       "type": "uint32",
       "id": 16
      },
      "uint64_val": {
       "rule": "repeated",
       "type": "uint64",
       "id": 17
      },
      "float8_val": {
       "type": "bytes",
       "id": 18
      }
     }
    },
    "VariantTensorDataProto": {
     "fields": {
      "type_name": {
       "type": "string",
       "id": 1
      },
      "metadata": {
       "type": "bytes",
       "id": 2
      },
      "tensors": {
       "rule": "repeated",
       "type": "TensorProto",
       "id": 3
      }
     }
    },
    "DataType": {
     "values": {
      "DT_INVALID": 0,
      "DT_FLOAT": 1,
      "DT_DOUBLE": 2,
      "DT_INT32": 3,
      "DT_UINT8": 4,
      "DT_INT16": 5,
      "DT_INT8": 6,
      "DT_STRING": 7,
      "DT_COMPLEX64": 8,
      "DT_INT64": 9,
      "DT_BOOL": 10,
      "DT_QINT8": 11,
      "DT_QUINT8": 12,
      "DT_QINT32": 13,
      "DT_BFLOAT16": 14,
      "DT_QINT16": 15,
      "DT_QUINT16": 16,
      "DT_UINT16": 17,
      "DT_COMPLEX128": 18,
      "DT_HALF": 19,
      "DT_RESOURCE": 20,
      "DT_VARIANT": 21,
      "DT_UINT32": 22,
      "DT_UINT64": 23,
      "DT_FLOAT8_E5M2": 24,
      "DT_FLOAT8_E4M3FN": 25,
      "DT_INT4": 29,
      "DT_UINT4": 30,
      "DT_FLOAT_REF": 101,
      "DT_DOUBLE_REF": 102,
      "DT_INT32_REF": 103,
      "DT_UINT8_REF": 104,
      "DT_INT16_REF": 105,
      "DT_INT8_REF": 106,
      "DT_STRING_REF": 107,
      "DT_COMPLEX64_REF": 108,
      "DT_INT64_REF": 109,
      "DT_BOOL_REF": 110,
      "DT_QINT8_REF": 111,
      "DT_QUINT8_REF": 112,
      "DT_QINT32_REF": 113,
      "DT_BFLOAT16_REF": 114,
      "DT_QINT16_REF": 115,
      "DT_QUINT16_REF": 116,
      "DT_UINT16_REF": 117,
      "DT_COMPLEX128_REF": 118,
      "DT_HALF_REF": 119,
      "DT_RESOURCE_REF": 120,
      "DT_VARIANT_REF": 121,
      "DT_UINT32_REF": 122,
      "DT_UINT64_REF": 123,
      "DT_FLOAT8_E5M2_REF": 124,
      "DT_FLOAT8_E4M3FN_REF": 125,
      "DT_INT4_REF": 129,
      "DT_UINT4_REF": 130
     }
    },
    "VerifierConfig": {
     "fields": {
      "verification_timeout_in_ms": {
       "type": "int64",
       "id": 1
      },
      "structure_verifier": {
       "type": "Toggle",
       "id": 2
      }
     },
     "nested": {
      "Toggle": {
       "values": {
        "DEFAULT": 0,
        "ON": 1,
        "OFF": 2
       }
      }
     }
    }
   }
  }
 }
};
export const descriptor: INamespace = json as INamespace;
