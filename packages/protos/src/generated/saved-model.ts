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
      },
      "BoolValue": {
       "fields": {
        "value": {
         "type": "bool",
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
         "type": "tensorflow.Example",
         "id": 1
        }
       }
      },
      "ExampleListWithContext": {
       "fields": {
        "examples": {
         "rule": "repeated",
         "type": "tensorflow.Example",
         "id": 1
        },
        "context": {
         "type": "tensorflow.Example",
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
         "type": "tensorflow.TensorProto",
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
        }
       },
       "oneofs": {
        "_client_id": {
         "oneof": [
          "client_id"
         ]
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
         "type": "tensorflow.TensorProto",
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
         "type": "bytes",
         "id": 1
        },
        "response": {
         "type": "bytes",
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
    "FingerprintDef": {
     "fields": {
      "saved_model_checksum": {
       "type": "uint64",
       "id": 1
      },
      "graph_def_program_hash": {
       "type": "uint64",
       "id": 2
      },
      "signature_def_hash": {
       "type": "uint64",
       "id": 3
      },
      "saved_object_graph_hash": {
       "type": "uint64",
       "id": 4
      },
      "checkpoint_hash": {
       "type": "uint64",
       "id": 5
      },
      "version": {
       "type": "VersionDef",
       "id": 6
      }
     }
    },
    "FullTypeDef": {
     "fields": {
      "type_id": {
       "type": "FullTypeId",
       "id": 1
      },
      "args": {
       "rule": "repeated",
       "type": "FullTypeDef",
       "id": 2
      },
      "s": {
       "type": "string",
       "id": 3
      },
      "i": {
       "type": "int64",
       "id": 4
      }
     },
     "oneofs": {
      "attr": {
       "oneof": [
        "s",
        "i"
       ]
      }
     }
    },
    "FullTypeId": {
     "values": {
      "TFT_UNSET": 0,
      "TFT_VAR": 1,
      "TFT_ANY": 2,
      "TFT_PRODUCT": 3,
      "TFT_NAMED": 4,
      "TFT_FOR_EACH": 20,
      "TFT_CALLABLE": 100,
      "TFT_TENSOR": 1000,
      "TFT_ARRAY": 1001,
      "TFT_OPTIONAL": 1002,
      "TFT_LITERAL": 1003,
      "TFT_ENCODED": 1004,
      "TFT_SHAPE_TENSOR": 1005,
      "TFT_BOOL": 200,
      "TFT_UINT8": 201,
      "TFT_UINT16": 202,
      "TFT_UINT32": 203,
      "TFT_UINT64": 204,
      "TFT_INT8": 205,
      "TFT_INT16": 206,
      "TFT_INT32": 207,
      "TFT_INT64": 208,
      "TFT_HALF": 209,
      "TFT_FLOAT": 210,
      "TFT_DOUBLE": 211,
      "TFT_BFLOAT16": 215,
      "TFT_COMPLEX64": 212,
      "TFT_COMPLEX128": 213,
      "TFT_STRING": 214,
      "TFT_DATASET": 10102,
      "TFT_RAGGED": 10103,
      "TFT_ITERATOR": 10104,
      "TFT_MUTEX_LOCK": 10202,
      "TFT_LEGACY_VARIANT": 10203
     }
    },
    "FunctionDefLibrary": {
     "fields": {
      "function": {
       "rule": "repeated",
       "type": "FunctionDef",
       "id": 1
      },
      "gradient": {
       "rule": "repeated",
       "type": "GradientDef",
       "id": 2
      },
      "registered_gradients": {
       "rule": "repeated",
       "type": "RegisteredGradient",
       "id": 3
      }
     }
    },
    "FunctionDef": {
     "fields": {
      "signature": {
       "type": "OpDef",
       "id": 1
      },
      "attr": {
       "keyType": "string",
       "type": "AttrValue",
       "id": 5
      },
      "arg_attr": {
       "keyType": "uint32",
       "type": "ArgAttrs",
       "id": 7
      },
      "resource_arg_unique_id": {
       "keyType": "uint32",
       "type": "uint32",
       "id": 8
      },
      "node_def": {
       "rule": "repeated",
       "type": "NodeDef",
       "id": 3
      },
      "ret": {
       "keyType": "string",
       "type": "string",
       "id": 4
      },
      "control_ret": {
       "keyType": "string",
       "type": "string",
       "id": 6
      }
     },
     "nested": {
      "ArgAttrs": {
       "fields": {
        "attr": {
         "keyType": "string",
         "type": "AttrValue",
         "id": 1
        }
       }
      }
     }
    },
    "GradientDef": {
     "fields": {
      "function_name": {
       "type": "string",
       "id": 1
      },
      "gradient_func": {
       "type": "string",
       "id": 2
      }
     }
    },
    "RegisteredGradient": {
     "fields": {
      "gradient_func": {
       "type": "string",
       "id": 1
      },
      "registered_op_type": {
       "type": "string",
       "id": 2
      }
     }
    },
    "GraphDebugInfo": {
     "edition": "proto2",
     "fields": {
      "files": {
       "rule": "repeated",
       "type": "string",
       "id": 1
      },
      "frames_by_id": {
       "keyType": "fixed64",
       "type": "FileLineCol",
       "id": 4
      },
      "traces_by_id": {
       "keyType": "fixed64",
       "type": "StackTrace",
       "id": 6
      },
      "traces": {
       "keyType": "string",
       "type": "StackTrace",
       "id": 2
      },
      "name_to_trace_id": {
       "keyType": "string",
       "type": "fixed64",
       "id": 5
      }
     },
     "nested": {
      "FileLineCol": {
       "fields": {
        "file_index": {
         "type": "int32",
         "id": 1
        },
        "line": {
         "type": "int32",
         "id": 2
        },
        "col": {
         "type": "int32",
         "id": 3
        },
        "func": {
         "type": "string",
         "id": 4
        },
        "code": {
         "type": "string",
         "id": 5
        }
       }
      },
      "StackTrace": {
       "fields": {
        "file_line_cols": {
         "rule": "repeated",
         "type": "GraphDebugInfo.FileLineCol",
         "id": 1
        },
        "frame_id": {
         "rule": "repeated",
         "type": "fixed64",
         "id": 2,
         "options": {
          "packed": true
         }
        }
       }
      }
     }
    },
    "GraphDef": {
     "fields": {
      "node": {
       "rule": "repeated",
       "type": "NodeDef",
       "id": 1
      },
      "versions": {
       "type": "VersionDef",
       "id": 4
      },
      "version": {
       "type": "int32",
       "id": 3,
       "options": {
        "deprecated": true
       }
      },
      "library": {
       "type": "FunctionDefLibrary",
       "id": 2
      },
      "debug_info": {
       "type": "GraphDebugInfo",
       "id": 5
      }
     }
    },
    "MetaGraphDef": {
     "fields": {
      "meta_info_def": {
       "type": "MetaInfoDef",
       "id": 1
      },
      "graph_def": {
       "type": "GraphDef",
       "id": 2
      },
      "saver_def": {
       "type": "SaverDef",
       "id": 3
      },
      "collection_def": {
       "keyType": "string",
       "type": "CollectionDef",
       "id": 4
      },
      "signature_def": {
       "keyType": "string",
       "type": "SignatureDef",
       "id": 5
      },
      "asset_file_def": {
       "rule": "repeated",
       "type": "AssetFileDef",
       "id": 6
      },
      "object_graph_def": {
       "type": "SavedObjectGraph",
       "id": 7
      }
     },
     "nested": {
      "MetaInfoDef": {
       "fields": {
        "meta_graph_version": {
         "type": "string",
         "id": 1
        },
        "stripped_op_list": {
         "type": "OpList",
         "id": 2
        },
        "any_info": {
         "type": "google.protobuf.Any",
         "id": 3
        },
        "tags": {
         "rule": "repeated",
         "type": "string",
         "id": 4
        },
        "tensorflow_version": {
         "type": "string",
         "id": 5
        },
        "tensorflow_git_version": {
         "type": "string",
         "id": 6
        },
        "stripped_default_attrs": {
         "type": "bool",
         "id": 7
        },
        "function_aliases": {
         "keyType": "string",
         "type": "string",
         "id": 8
        }
       }
      }
     }
    },
    "CollectionDef": {
     "fields": {
      "node_list": {
       "type": "NodeList",
       "id": 1
      },
      "bytes_list": {
       "type": "BytesList",
       "id": 2
      },
      "int64_list": {
       "type": "Int64List",
       "id": 3
      },
      "float_list": {
       "type": "FloatList",
       "id": 4
      },
      "any_list": {
       "type": "AnyList",
       "id": 5
      }
     },
     "oneofs": {
      "kind": {
       "oneof": [
        "node_list",
        "bytes_list",
        "int64_list",
        "float_list",
        "any_list"
       ]
      }
     },
     "nested": {
      "NodeList": {
       "fields": {
        "value": {
         "rule": "repeated",
         "type": "string",
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
      "Int64List": {
       "fields": {
        "value": {
         "rule": "repeated",
         "type": "int64",
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
      "AnyList": {
       "fields": {
        "value": {
         "rule": "repeated",
         "type": "google.protobuf.Any",
         "id": 1
        }
       }
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
         "type": "TypeSpecProto",
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
       "type": "TensorProto",
       "id": 4
      }
     }
    },
    "AssetFileDef": {
     "fields": {
      "tensor_info": {
       "type": "TensorInfo",
       "id": 1
      },
      "filename": {
       "type": "string",
       "id": 2
      }
     }
    },
    "NodeDef": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "op": {
       "type": "string",
       "id": 2
      },
      "input": {
       "rule": "repeated",
       "type": "string",
       "id": 3
      },
      "device": {
       "type": "string",
       "id": 4
      },
      "attr": {
       "keyType": "string",
       "type": "AttrValue",
       "id": 5
      },
      "experimental_debug_info": {
       "type": "ExperimentalDebugInfo",
       "id": 6
      },
      "experimental_type": {
       "type": "FullTypeDef",
       "id": 7
      }
     },
     "nested": {
      "ExperimentalDebugInfo": {
       "fields": {
        "original_node_names": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        },
        "original_func_names": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        }
       }
      }
     }
    },
    "OpDef": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "input_arg": {
       "rule": "repeated",
       "type": "ArgDef",
       "id": 2
      },
      "output_arg": {
       "rule": "repeated",
       "type": "ArgDef",
       "id": 3
      },
      "control_output": {
       "rule": "repeated",
       "type": "string",
       "id": 20
      },
      "attr": {
       "rule": "repeated",
       "type": "AttrDef",
       "id": 4
      },
      "deprecation": {
       "type": "OpDeprecation",
       "id": 8
      },
      "summary": {
       "type": "string",
       "id": 5
      },
      "description": {
       "type": "string",
       "id": 6
      },
      "is_commutative": {
       "type": "bool",
       "id": 18
      },
      "is_aggregate": {
       "type": "bool",
       "id": 16
      },
      "is_stateful": {
       "type": "bool",
       "id": 17
      },
      "allows_uninitialized_input": {
       "type": "bool",
       "id": 19
      },
      "is_distributed_communication": {
       "type": "bool",
       "id": 21
      }
     },
     "nested": {
      "ArgDef": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "description": {
         "type": "string",
         "id": 2
        },
        "type": {
         "type": "DataType",
         "id": 3
        },
        "type_attr": {
         "type": "string",
         "id": 4
        },
        "number_attr": {
         "type": "string",
         "id": 5
        },
        "type_list_attr": {
         "type": "string",
         "id": 6
        },
        "handle_data": {
         "rule": "repeated",
         "type": "ResourceHandleProto.DtypeAndShape",
         "id": 7
        },
        "is_ref": {
         "type": "bool",
         "id": 16
        },
        "experimental_full_type": {
         "type": "FullTypeDef",
         "id": 17
        }
       }
      },
      "AttrDef": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "type": {
         "type": "string",
         "id": 2
        },
        "default_value": {
         "type": "AttrValue",
         "id": 3
        },
        "description": {
         "type": "string",
         "id": 4
        },
        "has_minimum": {
         "type": "bool",
         "id": 5
        },
        "minimum": {
         "type": "int64",
         "id": 6
        },
        "allowed_values": {
         "type": "AttrValue",
         "id": 7
        }
       }
      }
     }
    },
    "OpDeprecation": {
     "fields": {
      "version": {
       "type": "int32",
       "id": 1
      },
      "explanation": {
       "type": "string",
       "id": 2
      }
     }
    },
    "OpList": {
     "fields": {
      "op": {
       "rule": "repeated",
       "type": "OpDef",
       "id": 1
      }
     }
    },
    "SavedModel": {
     "fields": {
      "saved_model_schema_version": {
       "type": "int64",
       "id": 1
      },
      "meta_graphs": {
       "rule": "repeated",
       "type": "MetaGraphDef",
       "id": 2
      }
     }
    },
    "SavedObjectGraph": {
     "fields": {
      "nodes": {
       "rule": "repeated",
       "type": "SavedObject",
       "id": 1
      },
      "concrete_functions": {
       "keyType": "string",
       "type": "SavedConcreteFunction",
       "id": 2
      }
     }
    },
    "SavedObject": {
     "fields": {
      "children": {
       "rule": "repeated",
       "type": "TrackableObjectGraph.TrackableObject.ObjectReference",
       "id": 1
      },
      "dependencies": {
       "rule": "repeated",
       "type": "TrackableObjectGraph.TrackableObject.ObjectReference",
       "id": 15
      },
      "slot_variables": {
       "rule": "repeated",
       "type": "TrackableObjectGraph.TrackableObject.SlotVariableReference",
       "id": 3
      },
      "user_object": {
       "type": "SavedUserObject",
       "id": 4
      },
      "asset": {
       "type": "SavedAsset",
       "id": 5
      },
      "function": {
       "type": "SavedFunction",
       "id": 6
      },
      "variable": {
       "type": "SavedVariable",
       "id": 7
      },
      "bare_concrete_function": {
       "type": "SavedBareConcreteFunction",
       "id": 8
      },
      "constant": {
       "type": "SavedConstant",
       "id": 9
      },
      "resource": {
       "type": "SavedResource",
       "id": 10
      },
      "captured_tensor": {
       "type": "CapturedTensor",
       "id": 12
      },
      "saveable_objects": {
       "keyType": "string",
       "type": "SaveableObject",
       "id": 11
      },
      "registered_name": {
       "type": "string",
       "id": 13
      },
      "serialized_user_proto": {
       "type": "google.protobuf.Any",
       "id": 14
      },
      "registered_saver": {
       "type": "string",
       "id": 16
      }
     },
     "oneofs": {
      "kind": {
       "oneof": [
        "user_object",
        "asset",
        "function",
        "variable",
        "bare_concrete_function",
        "constant",
        "resource",
        "captured_tensor"
       ]
      }
     }
    },
    "SavedUserObject": {
     "fields": {
      "identifier": {
       "type": "string",
       "id": 1
      },
      "version": {
       "type": "VersionDef",
       "id": 2
      },
      "metadata": {
       "type": "string",
       "id": 3,
       "options": {
        "deprecated": true
       }
      }
     }
    },
    "SavedAsset": {
     "fields": {
      "asset_file_def_index": {
       "type": "int32",
       "id": 1
      }
     }
    },
    "SavedFunction": {
     "fields": {
      "concrete_functions": {
       "rule": "repeated",
       "type": "string",
       "id": 1
      },
      "function_spec": {
       "type": "FunctionSpec",
       "id": 2
      }
     }
    },
    "CapturedTensor": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "concrete_function": {
       "type": "string",
       "id": 2
      }
     }
    },
    "SavedConcreteFunction": {
     "fields": {
      "bound_inputs": {
       "rule": "repeated",
       "type": "int32",
       "id": 2
      },
      "canonicalized_input_signature": {
       "type": "StructuredValue",
       "id": 3
      },
      "output_signature": {
       "type": "StructuredValue",
       "id": 4
      }
     }
    },
    "SavedBareConcreteFunction": {
     "fields": {
      "concrete_function_name": {
       "type": "string",
       "id": 1
      },
      "argument_keywords": {
       "rule": "repeated",
       "type": "string",
       "id": 2
      },
      "allowed_positional_arguments": {
       "type": "int64",
       "id": 3
      },
      "function_spec": {
       "type": "FunctionSpec",
       "id": 4
      }
     }
    },
    "SavedConstant": {
     "fields": {
      "operation": {
       "type": "string",
       "id": 1
      }
     }
    },
    "SavedVariable": {
     "fields": {
      "dtype": {
       "type": "DataType",
       "id": 1
      },
      "shape": {
       "type": "TensorShapeProto",
       "id": 2
      },
      "trainable": {
       "type": "bool",
       "id": 3
      },
      "synchronization": {
       "type": "VariableSynchronization",
       "id": 4
      },
      "aggregation": {
       "type": "VariableAggregation",
       "id": 5
      },
      "name": {
       "type": "string",
       "id": 6
      },
      "device": {
       "type": "string",
       "id": 7
      },
      "experimental_distributed_variable_components": {
       "rule": "repeated",
       "type": "SavedVariable",
       "id": 8
      }
     }
    },
    "FunctionSpec": {
     "fields": {
      "fullargspec": {
       "type": "StructuredValue",
       "id": 1
      },
      "is_method": {
       "type": "bool",
       "id": 2
      },
      "input_signature": {
       "type": "StructuredValue",
       "id": 5
      },
      "jit_compile": {
       "type": "JitCompile",
       "id": 6
      }
     },
     "nested": {
      "JitCompile": {
       "values": {
        "DEFAULT": 0,
        "ON": 1,
        "OFF": 2
       }
      }
     }
    },
    "SavedResource": {
     "fields": {
      "device": {
       "type": "string",
       "id": 1
      }
     }
    },
    "SaveableObject": {
     "fields": {
      "save_function": {
       "type": "int32",
       "id": 2
      },
      "restore_function": {
       "type": "int32",
       "id": 3
      }
     }
    },
    "SaverDef": {
     "fields": {
      "filename_tensor_name": {
       "type": "string",
       "id": 1
      },
      "save_tensor_name": {
       "type": "string",
       "id": 2
      },
      "restore_op_name": {
       "type": "string",
       "id": 3
      },
      "max_to_keep": {
       "type": "int32",
       "id": 4
      },
      "sharded": {
       "type": "bool",
       "id": 5
      },
      "keep_checkpoint_every_n_hours": {
       "type": "float",
       "id": 6
      },
      "version": {
       "type": "CheckpointFormatVersion",
       "id": 7
      }
     },
     "nested": {
      "CheckpointFormatVersion": {
       "values": {
        "LEGACY": 0,
        "V1": 1,
        "V2": 2
       }
      }
     }
    },
    "StructuredValue": {
     "fields": {
      "none_value": {
       "type": "NoneValue",
       "id": 1
      },
      "float64_value": {
       "type": "double",
       "id": 11
      },
      "int64_value": {
       "type": "sint64",
       "id": 12
      },
      "string_value": {
       "type": "string",
       "id": 13
      },
      "bool_value": {
       "type": "bool",
       "id": 14
      },
      "tensor_shape_value": {
       "type": "TensorShapeProto",
       "id": 31
      },
      "tensor_dtype_value": {
       "type": "DataType",
       "id": 32
      },
      "tensor_spec_value": {
       "type": "TensorSpecProto",
       "id": 33
      },
      "type_spec_value": {
       "type": "TypeSpecProto",
       "id": 34
      },
      "bounded_tensor_spec_value": {
       "type": "BoundedTensorSpecProto",
       "id": 35
      },
      "list_value": {
       "type": "ListValue",
       "id": 51
      },
      "tuple_value": {
       "type": "TupleValue",
       "id": 52
      },
      "dict_value": {
       "type": "DictValue",
       "id": 53
      },
      "named_tuple_value": {
       "type": "NamedTupleValue",
       "id": 54
      },
      "tensor_value": {
       "type": "TensorProto",
       "id": 55
      },
      "numpy_value": {
       "type": "TensorProto",
       "id": 56
      }
     },
     "oneofs": {
      "kind": {
       "oneof": [
        "none_value",
        "float64_value",
        "int64_value",
        "string_value",
        "bool_value",
        "tensor_shape_value",
        "tensor_dtype_value",
        "tensor_spec_value",
        "type_spec_value",
        "bounded_tensor_spec_value",
        "list_value",
        "tuple_value",
        "dict_value",
        "named_tuple_value",
        "tensor_value",
        "numpy_value"
       ]
      }
     }
    },
    "NoneValue": {
     "fields": {}
    },
    "ListValue": {
     "fields": {
      "values": {
       "rule": "repeated",
       "type": "StructuredValue",
       "id": 1
      }
     }
    },
    "TupleValue": {
     "fields": {
      "values": {
       "rule": "repeated",
       "type": "StructuredValue",
       "id": 1
      }
     }
    },
    "DictValue": {
     "fields": {
      "fields": {
       "keyType": "string",
       "type": "StructuredValue",
       "id": 1
      }
     }
    },
    "PairValue": {
     "fields": {
      "key": {
       "type": "string",
       "id": 1
      },
      "value": {
       "type": "StructuredValue",
       "id": 2
      }
     }
    },
    "NamedTupleValue": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "values": {
       "rule": "repeated",
       "type": "PairValue",
       "id": 2
      }
     }
    },
    "TensorSpecProto": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "shape": {
       "type": "TensorShapeProto",
       "id": 2
      },
      "dtype": {
       "type": "DataType",
       "id": 3
      }
     }
    },
    "BoundedTensorSpecProto": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "shape": {
       "type": "TensorShapeProto",
       "id": 2
      },
      "dtype": {
       "type": "DataType",
       "id": 3
      },
      "minimum": {
       "type": "TensorProto",
       "id": 4
      },
      "maximum": {
       "type": "TensorProto",
       "id": 5
      }
     }
    },
    "TypeSpecProto": {
     "fields": {
      "type_spec_class": {
       "type": "TypeSpecClass",
       "id": 1
      },
      "type_state": {
       "type": "StructuredValue",
       "id": 2
      },
      "type_spec_class_name": {
       "type": "string",
       "id": 3
      },
      "num_flat_components": {
       "type": "int32",
       "id": 4
      }
     },
     "nested": {
      "TypeSpecClass": {
       "values": {
        "UNKNOWN": 0,
        "SPARSE_TENSOR_SPEC": 1,
        "INDEXED_SLICES_SPEC": 2,
        "RAGGED_TENSOR_SPEC": 3,
        "TENSOR_ARRAY_SPEC": 4,
        "DATA_DATASET_SPEC": 5,
        "DATA_ITERATOR_SPEC": 6,
        "OPTIONAL_SPEC": 7,
        "PER_REPLICA_SPEC": 8,
        "VARIABLE_SPEC": 9,
        "ROW_PARTITION_SPEC": 10,
        "REGISTERED_TYPE_SPEC": 12,
        "EXTENSION_TYPE_SPEC": 13
       }
      }
     }
    },
    "BundleHeaderProto": {
     "fields": {
      "num_shards": {
       "type": "int32",
       "id": 1
      },
      "endianness": {
       "type": "Endianness",
       "id": 2
      },
      "version": {
       "type": "VersionDef",
       "id": 3
      }
     },
     "nested": {
      "Endianness": {
       "values": {
        "LITTLE": 0,
        "BIG": 1
       }
      }
     }
    },
    "BundleEntryProto": {
     "fields": {
      "dtype": {
       "type": "DataType",
       "id": 1
      },
      "shape": {
       "type": "TensorShapeProto",
       "id": 2
      },
      "shard_id": {
       "type": "int32",
       "id": 3
      },
      "offset": {
       "type": "int64",
       "id": 4
      },
      "size": {
       "type": "int64",
       "id": 5
      },
      "crc32c": {
       "type": "fixed32",
       "id": 6
      },
      "slices": {
       "rule": "repeated",
       "type": "TensorSliceProto",
       "id": 7
      }
     }
    },
    "TensorSliceProto": {
     "fields": {
      "extent": {
       "rule": "repeated",
       "type": "Extent",
       "id": 1
      }
     },
     "nested": {
      "Extent": {
       "fields": {
        "start": {
         "type": "int64",
         "id": 1
        },
        "length": {
         "type": "int64",
         "id": 2
        }
       },
       "oneofs": {
        "has_length": {
         "oneof": [
          "length"
         ]
        }
       }
      }
     }
    },
    "TrackableObjectGraph": {
     "fields": {
      "nodes": {
       "rule": "repeated",
       "type": "TrackableObject",
       "id": 1
      }
     },
     "nested": {
      "TrackableObject": {
       "fields": {
        "children": {
         "rule": "repeated",
         "type": "ObjectReference",
         "id": 1
        },
        "attributes": {
         "rule": "repeated",
         "type": "SerializedTensor",
         "id": 2
        },
        "slot_variables": {
         "rule": "repeated",
         "type": "SlotVariableReference",
         "id": 3
        },
        "registered_saver": {
         "type": "RegisteredSaver",
         "id": 4
        },
        "has_checkpoint_values": {
         "type": "google.protobuf.BoolValue",
         "id": 5
        }
       },
       "nested": {
        "ObjectReference": {
         "fields": {
          "node_id": {
           "type": "int32",
           "id": 1
          },
          "local_name": {
           "type": "string",
           "id": 2
          }
         }
        },
        "SerializedTensor": {
         "fields": {
          "name": {
           "type": "string",
           "id": 1
          },
          "full_name": {
           "type": "string",
           "id": 2
          },
          "checkpoint_key": {
           "type": "string",
           "id": 3
          }
         }
        },
        "SlotVariableReference": {
         "fields": {
          "original_variable_node_id": {
           "type": "int32",
           "id": 1
          },
          "slot_name": {
           "type": "string",
           "id": 2
          },
          "slot_variable_node_id": {
           "type": "int32",
           "id": 3
          }
         }
        }
       }
      }
     }
    },
    "RegisteredSaver": {
     "fields": {
      "name": {
       "type": "string",
       "id": 1
      },
      "object_name": {
       "type": "string",
       "id": 2
      }
     }
    },
    "VariableSynchronization": {
     "values": {
      "VARIABLE_SYNCHRONIZATION_AUTO": 0,
      "VARIABLE_SYNCHRONIZATION_NONE": 1,
      "VARIABLE_SYNCHRONIZATION_ON_WRITE": 2,
      "VARIABLE_SYNCHRONIZATION_ON_READ": 3
     }
    },
    "VariableAggregation": {
     "values": {
      "VARIABLE_AGGREGATION_NONE": 0,
      "VARIABLE_AGGREGATION_SUM": 1,
      "VARIABLE_AGGREGATION_MEAN": 2,
      "VARIABLE_AGGREGATION_ONLY_FIRST_REPLICA": 3
     }
    },
    "VersionDef": {
     "fields": {
      "producer": {
       "type": "int32",
       "id": 1
      },
      "min_consumer": {
       "type": "int32",
       "id": 2
      },
      "bad_consumers": {
       "rule": "repeated",
       "type": "int32",
       "id": 3
      }
     }
    }
   }
  }
 }
};
export const descriptor: INamespace = json as INamespace;
