// Made by scripts/generate.ts from proto/ and scripts/areas.ts: edit those files instead.
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
      "Int64Value": {
       "fields": {
        "value": {
         "type": "int64",
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
    "serving": {
     "nested": {
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
       }
      },
      "Class": {
       "fields": {
        "label": {
         "type": "string",
         "id": 1
        },
        "score": {
         "type": "float",
         "id": 2
        }
       }
      },
      "Classifications": {
       "fields": {
        "classes": {
         "rule": "repeated",
         "type": "Class",
         "id": 1
        }
       }
      },
      "ClassificationResult": {
       "fields": {
        "classifications": {
         "rule": "repeated",
         "type": "Classifications",
         "id": 1
        }
       }
      },
      "ClassificationRequest": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "input": {
         "type": "Input",
         "id": 2
        }
       }
      },
      "ClassificationResponse": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 2
        },
        "result": {
         "type": "ClassificationResult",
         "id": 1
        }
       }
      },
      "SignatureDefMap": {
       "fields": {
        "signature_def": {
         "keyType": "string",
         "type": "tensorflow.SignatureDef",
         "id": 1
        }
       }
      },
      "GetModelMetadataRequest": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "metadata_field": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        }
       }
      },
      "GetModelMetadataResponse": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "metadata": {
         "keyType": "string",
         "type": "google.protobuf.Any",
         "id": 2
        }
       }
      },
      "GetModelStatusRequest": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        }
       }
      },
      "ModelVersionStatus": {
       "fields": {
        "version": {
         "type": "int64",
         "id": 1
        },
        "state": {
         "type": "State",
         "id": 2
        },
        "status": {
         "type": "StatusProto",
         "id": 3
        }
       },
       "nested": {
        "State": {
         "values": {
          "UNKNOWN": 0,
          "START": 10,
          "LOADING": 20,
          "AVAILABLE": 30,
          "UNLOADING": 40,
          "END": 50
         }
        }
       }
      },
      "GetModelStatusResponse": {
       "fields": {
        "model_version_status": {
         "rule": "repeated",
         "type": "ModelVersionStatus",
         "id": 1
        }
       }
      },
      "InferenceTask": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "method_name": {
         "type": "string",
         "id": 2
        }
       }
      },
      "InferenceResult": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "classification_result": {
         "type": "ClassificationResult",
         "id": 2
        },
        "regression_result": {
         "type": "RegressionResult",
         "id": 3
        }
       },
       "oneofs": {
        "result": {
         "oneof": [
          "classification_result",
          "regression_result"
         ]
        }
       }
      },
      "MultiInferenceRequest": {
       "fields": {
        "tasks": {
         "rule": "repeated",
         "type": "InferenceTask",
         "id": 1
        },
        "input": {
         "type": "Input",
         "id": 2
        }
       }
      },
      "MultiInferenceResponse": {
       "fields": {
        "results": {
         "rule": "repeated",
         "type": "InferenceResult",
         "id": 1
        }
       }
      },
      "ExampleList": {
       "fields": {
        "examples": {
         "rule": "repeated",
         "type": "bytes",
         "id": 1
        }
       }
      },
      "ExampleListWithContext": {
       "fields": {
        "examples": {
         "rule": "repeated",
         "type": "bytes",
         "id": 1
        },
        "context": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "Input": {
       "fields": {
        "example_list": {
         "type": "ExampleList",
         "id": 1
        },
        "example_list_with_context": {
         "type": "ExampleListWithContext",
         "id": 2
        }
       },
       "oneofs": {
        "kind": {
         "oneof": [
          "example_list",
          "example_list_with_context"
         ]
        }
       }
      },
      "LogMetadata": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "sampling_config": {
         "type": "SamplingConfig",
         "id": 2
        },
        "saved_model_tags": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "timestamp_secs": {
         "type": "int64",
         "id": 4
        },
        "dc": {
         "type": "string",
         "id": 5
        },
        "request_origin": {
         "type": "string",
         "id": 6
        },
        "request_criticality": {
         "type": "string",
         "id": 7
        }
       }
      },
      "ReloadConfigRequest": {
       "fields": {
        "config": {
         "type": "bytes",
         "id": 1
        },
        "metric_names": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        }
       }
      },
      "ReloadConfigResponse": {
       "fields": {
        "status": {
         "type": "StatusProto",
         "id": 1
        },
        "metric": {
         "rule": "repeated",
         "type": "Metric",
         "id": 2
        }
       }
      },
      "Metric": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "int64_value_increase": {
         "type": "int64",
         "id": 2
        }
       },
       "oneofs": {
        "value_increase": {
         "oneof": [
          "int64_value_increase"
         ]
        }
       }
      },
      "ModelSpec": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "version": {
         "type": "google.protobuf.Int64Value",
         "id": 2
        },
        "version_label": {
         "type": "string",
         "id": 4
        },
        "signature_name": {
         "type": "string",
         "id": 3
        }
       },
       "oneofs": {
        "version_choice": {
         "oneof": [
          "version",
          "version_label"
         ]
        }
       }
      },
      "PredictRequest": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "inputs": {
         "keyType": "string",
         "type": "bytes",
         "id": 2
        },
        "output_filter": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "predict_streamed_options": {
         "type": "PredictStreamedOptions",
         "id": 5
        },
        "client_id": {
         "type": "bytes",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "request_options": {
         "type": "RequestOptions",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       },
       "oneofs": {
        "_client_id": {
         "oneof": [
          "client_id"
         ]
        },
        "_request_options": {
         "oneof": [
          "request_options"
         ]
        }
       },
       "nested": {
        "RequestOptions": {
         "fields": {
          "client_id": {
           "type": "bytes",
           "id": 1,
           "options": {
            "proto3_optional": true
           }
          },
          "deterministic_mode": {
           "type": "DeterministicMode",
           "id": 2,
           "options": {
            "proto3_optional": true
           }
          }
         },
         "oneofs": {
          "_client_id": {
           "oneof": [
            "client_id"
           ]
          },
          "_deterministic_mode": {
           "oneof": [
            "deterministic_mode"
           ]
          }
         },
         "nested": {
          "DeterministicMode": {
           "values": {
            "DETERMINISTIC_MODE_UNSPECIFIED": 0,
            "FIXED_DECODER_SLOT": 1
           }
          }
         }
        }
       }
      },
      "PredictStreamedOptions": {
       "fields": {
        "request_state": {
         "type": "RequestState",
         "id": 1
        },
        "split_dimensions": {
         "keyType": "string",
         "type": "int32",
         "id": 2
        }
       },
       "nested": {
        "RequestState": {
         "values": {
          "NONE": 0,
          "SPLIT": 1,
          "END_SPLIT": 2
         }
        }
       }
      },
      "PredictResponse": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 2
        },
        "outputs": {
         "keyType": "string",
         "type": "bytes",
         "id": 1
        }
       }
      },
      "ClassifyLog": {
       "fields": {
        "request": {
         "type": "ClassificationRequest",
         "id": 1
        },
        "response": {
         "type": "ClassificationResponse",
         "id": 2
        }
       }
      },
      "RegressLog": {
       "fields": {
        "request": {
         "type": "RegressionRequest",
         "id": 1
        },
        "response": {
         "type": "RegressionResponse",
         "id": 2
        }
       }
      },
      "PredictLog": {
       "fields": {
        "request": {
         "type": "PredictRequest",
         "id": 1
        },
        "response": {
         "type": "PredictResponse",
         "id": 2
        }
       }
      },
      "PredictStreamedLog": {
       "fields": {
        "request": {
         "rule": "repeated",
         "type": "PredictRequest",
         "id": 1
        },
        "response": {
         "rule": "repeated",
         "type": "PredictResponse",
         "id": 2
        }
       }
      },
      "MultiInferenceLog": {
       "fields": {
        "request": {
         "type": "MultiInferenceRequest",
         "id": 1
        },
        "response": {
         "type": "MultiInferenceResponse",
         "id": 2
        }
       }
      },
      "SessionRunLog": {
       "fields": {
        "request": {
         "type": "SessionRunRequest",
         "id": 1
        },
        "response": {
         "type": "SessionRunResponse",
         "id": 2
        }
       }
      },
      "PredictionLog": {
       "fields": {
        "log_metadata": {
         "type": "LogMetadata",
         "id": 1
        },
        "classify_log": {
         "type": "ClassifyLog",
         "id": 2
        },
        "regress_log": {
         "type": "RegressLog",
         "id": 3
        },
        "predict_log": {
         "type": "PredictLog",
         "id": 6
        },
        "predict_streamed_log": {
         "type": "PredictStreamedLog",
         "id": 7
        },
        "multi_inference_log": {
         "type": "MultiInferenceLog",
         "id": 4
        },
        "session_run_log": {
         "type": "SessionRunLog",
         "id": 5
        }
       },
       "oneofs": {
        "log_type": {
         "oneof": [
          "classify_log",
          "regress_log",
          "predict_log",
          "predict_streamed_log",
          "multi_inference_log",
          "session_run_log"
         ]
        }
       }
      },
      "Regression": {
       "fields": {
        "value": {
         "type": "float",
         "id": 1
        }
       }
      },
      "RegressionResult": {
       "fields": {
        "regressions": {
         "rule": "repeated",
         "type": "Regression",
         "id": 1
        }
       }
      },
      "RegressionRequest": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "input": {
         "type": "Input",
         "id": 2
        }
       }
      },
      "RegressionResponse": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 2
        },
        "result": {
         "type": "RegressionResult",
         "id": 1
        }
       }
      },
      "SessionRunRequest": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 1
        },
        "feed": {
         "rule": "repeated",
         "type": "tensorflow.NamedTensorProto",
         "id": 2
        },
        "fetch": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "target": {
         "rule": "repeated",
         "type": "string",
         "id": 4
        },
        "tensor_name_is_alias": {
         "type": "bool",
         "id": 6
        },
        "options": {
         "type": "bytes",
         "id": 5
        }
       }
      },
      "SessionRunResponse": {
       "fields": {
        "model_spec": {
         "type": "ModelSpec",
         "id": 3
        },
        "tensor": {
         "rule": "repeated",
         "type": "tensorflow.NamedTensorProto",
         "id": 1
        },
        "metadata": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "StatusProto": {
       "fields": {
        "error_code": {
         "type": "tensorflow.error.Code",
         "id": 1
        },
        "error_message": {
         "type": "string",
         "id": 2
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
       "type": "bytes",
       "id": 2
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
    "Example": {
     "fields": {
      "features": {
       "type": "Features",
       "id": 1
      }
     }
    },
    "BytesList": {
     "fields": {
      "value": {
       "rule": "repeated",
       "type": "bytes",
       "id": 1
      }
     }
    },
    "FloatList": {
     "fields": {
      "value": {
       "rule": "repeated",
       "type": "float",
       "id": 1
      }
     }
    },
    "Int64List": {
     "fields": {
      "value": {
       "rule": "repeated",
       "type": "int64",
       "id": 1
      }
     }
    },
    "Feature": {
     "fields": {
      "bytes_list": {
       "type": "BytesList",
       "id": 1
      },
      "float_list": {
       "type": "FloatList",
       "id": 2
      },
      "int64_list": {
       "type": "Int64List",
       "id": 3
      }
     },
     "oneofs": {
      "kind": {
       "oneof": [
        "bytes_list",
        "float_list",
        "int64_list"
       ]
      }
     }
    },
    "Features": {
     "fields": {
      "feature": {
       "keyType": "string",
       "type": "Feature",
       "id": 1
      }
     }
    },
    "TensorInfo": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "coo_sparse": {
       "type": "CooSparse",
       "id": 4
      },
      "composite_tensor": {
       "type": "CompositeTensor",
       "id": 5
      },
      "dtype": {
       "type": "DataType",
       "id": 2
      },
      "tensor_shape": {
       "type": "TensorShapeProto",
       "id": 3
      }
     },
     "oneofs": {
      "encoding": {
       "oneof": [
        "name",
        "coo_sparse",
        "composite_tensor"
       ]
      }
     },
     "nested": {
      "CooSparse": {
       "fields": {
        "values_tensor_name": {
         "type": "string",
         "id": 1
        },
        "indices_tensor_name": {
         "type": "string",
         "id": 2
        },
        "dense_shape_tensor_name": {
         "type": "string",
         "id": 3
        }
       }
      },
      "CompositeTensor": {
       "fields": {
        "type_spec": {
         "type": "bytes",
         "id": 1
        },
        "components": {
         "rule": "repeated",
         "type": "TensorInfo",
         "id": 2
        }
       }
      }
     }
    },
    "SignatureDef": {
     "fields": {
      "inputs": {
       "keyType": "string",
       "type": "TensorInfo",
       "id": 1
      },
      "outputs": {
       "keyType": "string",
       "type": "TensorInfo",
       "id": 2
      },
      "method_name": {
       "type": "string",
       "id": 3
      },
      "defaults": {
       "keyType": "string",
       "type": "bytes",
       "id": 4
      }
     }
    },
    "error": {
     "nested": {
      "Code": {
       "values": {
        "OK": 0,
        "CANCELLED": 1,
        "UNKNOWN": 2,
        "INVALID_ARGUMENT": 3,
        "DEADLINE_EXCEEDED": 4,
        "NOT_FOUND": 5,
        "ALREADY_EXISTS": 6,
        "PERMISSION_DENIED": 7,
        "UNAUTHENTICATED": 16,
        "RESOURCE_EXHAUSTED": 8,
        "FAILED_PRECONDITION": 9,
        "ABORTED": 10,
        "OUT_OF_RANGE": 11,
        "UNIMPLEMENTED": 12,
        "INTERNAL": 13,
        "UNAVAILABLE": 14,
        "DATA_LOSS": 15,
        "DO_NOT_USE_RESERVED_FOR_FUTURE_EXPANSION_USE_DEFAULT_IN_SWITCH_INSTEAD_": 20
       }
      }
     }
    }
   }
  },
  "grpc": {
   "nested": {
    "health": {
     "nested": {
      "v1": {
       "nested": {
        "HealthCheckRequest": {
         "fields": {
          "service": {
           "type": "string",
           "id": 1
          }
         }
        },
        "HealthCheckResponse": {
         "fields": {
          "status": {
           "type": "ServingStatus",
           "id": 1
          }
         },
         "nested": {
          "ServingStatus": {
           "values": {
            "UNKNOWN": 0,
            "SERVING": 1,
            "NOT_SERVING": 2,
            "SERVICE_UNKNOWN": 3
           }
          }
         }
        }
       }
      }
     }
    }
   }
  }
 }
};
export const descriptor: INamespace = json as INamespace;
