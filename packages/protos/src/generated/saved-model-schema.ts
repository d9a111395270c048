// Made by scripts/generate.ts from proto/saved-model: edit those files instead.
import type { SchemaSet } from "@servable/text-proto";

export const schemas: SchemaSet = {
 "messages": {
  "google.protobuf.BoolValue": {
   "name": "google.protobuf.BoolValue",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "bool",
     "kind": "scalar"
    }
   ]
  },
  "google.protobuf.Any": {
   "name": "google.protobuf.Any",
   "fields": [
    {
     "name": "type_url",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "bytes",
     "kind": "scalar"
    }
   ]
  },
  "google.protobuf.Int64Value": {
   "name": "google.protobuf.Int64Value",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "int64",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.Example": {
   "name": "tensorflow.Example",
   "fields": [
    {
     "name": "features",
     "number": 1,
     "type": "tensorflow.Features",
     "kind": "message"
    }
   ]
  },
  "tensorflow.Features.FeatureEntry": {
   "name": "tensorflow.Features.FeatureEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.Feature",
     "kind": "message"
    }
   ]
  },
  "tensorflow.Features": {
   "name": "tensorflow.Features",
   "fields": [
    {
     "name": "feature",
     "number": 1,
     "type": "tensorflow.Features.FeatureEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.Feature": {
   "name": "tensorflow.Feature",
   "fields": [
    {
     "name": "bytes_list",
     "number": 1,
     "type": "tensorflow.BytesList",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "float_list",
     "number": 2,
     "type": "tensorflow.FloatList",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "int64_list",
     "number": 3,
     "type": "tensorflow.Int64List",
     "kind": "message",
     "oneof": "kind"
    }
   ]
  },
  "tensorflow.BytesList": {
   "name": "tensorflow.BytesList",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "bytes",
     "kind": "scalar",
     "repeated": true
    }
   ]
  },
  "tensorflow.FloatList": {
   "name": "tensorflow.FloatList",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "float",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    }
   ]
  },
  "tensorflow.Int64List": {
   "name": "tensorflow.Int64List",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "int64",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    }
   ]
  },
  "tensorflow.VariantTensorDataProto": {
   "name": "tensorflow.VariantTensorDataProto",
   "fields": [
    {
     "name": "type_name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "metadata",
     "number": 2,
     "type": "bytes",
     "kind": "scalar"
    },
    {
     "name": "tensors",
     "number": 3,
     "type": "tensorflow.TensorProto",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.VersionDef": {
   "name": "tensorflow.VersionDef",
   "fields": [
    {
     "name": "producer",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "min_consumer",
     "number": 2,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "bad_consumers",
     "number": 3,
     "type": "int32",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    }
   ]
  },
  "tensorflow.TensorShapeProto": {
   "name": "tensorflow.TensorShapeProto",
   "fields": [
    {
     "name": "dim",
     "number": 2,
     "type": "tensorflow.TensorShapeProto.Dim",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "unknown_rank",
     "number": 3,
     "type": "bool",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.TensorShapeProto.Dim": {
   "name": "tensorflow.TensorShapeProto.Dim",
   "fields": [
    {
     "name": "size",
     "number": 1,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.TensorProto": {
   "name": "tensorflow.TensorProto",
   "fields": [
    {
     "name": "dtype",
     "number": 1,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "tensor_shape",
     "number": 2,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    },
    {
     "name": "version_number",
     "number": 3,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "tensor_content",
     "number": 4,
     "type": "bytes",
     "kind": "scalar"
    },
    {
     "name": "half_val",
     "number": 13,
     "type": "int32",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "float_val",
     "number": 5,
     "type": "float",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "double_val",
     "number": 6,
     "type": "double",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "int_val",
     "number": 7,
     "type": "int32",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "string_val",
     "number": 8,
     "type": "bytes",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "scomplex_val",
     "number": 9,
     "type": "float",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "int64_val",
     "number": 10,
     "type": "int64",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "bool_val",
     "number": 11,
     "type": "bool",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "dcomplex_val",
     "number": 12,
     "type": "double",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "resource_handle_val",
     "number": 14,
     "type": "tensorflow.ResourceHandleProto",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "variant_val",
     "number": 15,
     "type": "tensorflow.VariantTensorDataProto",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "uint32_val",
     "number": 16,
     "type": "uint32",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "uint64_val",
     "number": 17,
     "type": "uint64",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "float8_val",
     "number": 18,
     "type": "bytes",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.GraphDef": {
   "name": "tensorflow.GraphDef",
   "fields": [
    {
     "name": "node",
     "number": 1,
     "type": "tensorflow.NodeDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "versions",
     "number": 4,
     "type": "tensorflow.VersionDef",
     "kind": "message"
    },
    {
     "name": "version",
     "number": 3,
     "type": "int32",
     "kind": "scalar",
     "deprecated": true
    },
    {
     "name": "library",
     "number": 2,
     "type": "tensorflow.FunctionDefLibrary",
     "kind": "message"
    },
    {
     "name": "debug_info",
     "number": 5,
     "type": "tensorflow.GraphDebugInfo",
     "kind": "message"
    }
   ]
  },
  "tensorflow.ResourceHandleProto": {
   "name": "tensorflow.ResourceHandleProto",
   "fields": [
    {
     "name": "device",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "container",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "name",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "hash_code",
     "number": 4,
     "type": "uint64",
     "kind": "scalar"
    },
    {
     "name": "maybe_type_name",
     "number": 5,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "dtypes_and_shapes",
     "number": 6,
     "type": "tensorflow.ResourceHandleProto.DtypeAndShape",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.ResourceHandleProto.DtypeAndShape": {
   "name": "tensorflow.ResourceHandleProto.DtypeAndShape",
   "fields": [
    {
     "name": "dtype",
     "number": 1,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "shape",
     "number": 2,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    }
   ]
  },
  "tensorflow.OpList": {
   "name": "tensorflow.OpList",
   "fields": [
    {
     "name": "op",
     "number": 1,
     "type": "tensorflow.OpDef",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.NodeDef.AttrEntry": {
   "name": "tensorflow.NodeDef.AttrEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.AttrValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.NodeDef": {
   "name": "tensorflow.NodeDef",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "op",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "input",
     "number": 3,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "device",
     "number": 4,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "attr",
     "number": 5,
     "type": "tensorflow.NodeDef.AttrEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "experimental_debug_info",
     "number": 6,
     "type": "tensorflow.NodeDef.ExperimentalDebugInfo",
     "kind": "message"
    },
    {
     "name": "experimental_type",
     "number": 7,
     "type": "tensorflow.FullTypeDef",
     "kind": "message"
    }
   ]
  },
  "tensorflow.NodeDef.ExperimentalDebugInfo": {
   "name": "tensorflow.NodeDef.ExperimentalDebugInfo",
   "fields": [
    {
     "name": "original_node_names",
     "number": 1,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "original_func_names",
     "number": 2,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    }
   ]
  },
  "tensorflow.FunctionDefLibrary": {
   "name": "tensorflow.FunctionDefLibrary",
   "fields": [
    {
     "name": "function",
     "number": 1,
     "type": "tensorflow.FunctionDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "gradient",
     "number": 2,
     "type": "tensorflow.GradientDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "registered_gradients",
     "number": 3,
     "type": "tensorflow.RegisteredGradient",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.GraphDebugInfo.FramesByIdEntry": {
   "name": "tensorflow.GraphDebugInfo.FramesByIdEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "fixed64",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.GraphDebugInfo.FileLineCol",
     "kind": "message"
    }
   ]
  },
  "tensorflow.GraphDebugInfo.TracesByIdEntry": {
   "name": "tensorflow.GraphDebugInfo.TracesByIdEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "fixed64",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.GraphDebugInfo.StackTrace",
     "kind": "message"
    }
   ]
  },
  "tensorflow.GraphDebugInfo.TracesEntry": {
   "name": "tensorflow.GraphDebugInfo.TracesEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.GraphDebugInfo.StackTrace",
     "kind": "message"
    }
   ]
  },
  "tensorflow.GraphDebugInfo.NameToTraceIdEntry": {
   "name": "tensorflow.GraphDebugInfo.NameToTraceIdEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "fixed64",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.GraphDebugInfo": {
   "name": "tensorflow.GraphDebugInfo",
   "fields": [
    {
     "name": "files",
     "number": 1,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "frames_by_id",
     "number": 4,
     "type": "tensorflow.GraphDebugInfo.FramesByIdEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "traces_by_id",
     "number": 6,
     "type": "tensorflow.GraphDebugInfo.TracesByIdEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "traces",
     "number": 2,
     "type": "tensorflow.GraphDebugInfo.TracesEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "name_to_trace_id",
     "number": 5,
     "type": "tensorflow.GraphDebugInfo.NameToTraceIdEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.GraphDebugInfo.FileLineCol": {
   "name": "tensorflow.GraphDebugInfo.FileLineCol",
   "fields": [
    {
     "name": "file_index",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "line",
     "number": 2,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "col",
     "number": 3,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "func",
     "number": 4,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "code",
     "number": 5,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.GraphDebugInfo.StackTrace": {
   "name": "tensorflow.GraphDebugInfo.StackTrace",
   "fields": [
    {
     "name": "file_line_cols",
     "number": 1,
     "type": "tensorflow.GraphDebugInfo.FileLineCol",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "frame_id",
     "number": 2,
     "type": "fixed64",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    }
   ]
  },
  "tensorflow.OpDef": {
   "name": "tensorflow.OpDef",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "input_arg",
     "number": 2,
     "type": "tensorflow.OpDef.ArgDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "output_arg",
     "number": 3,
     "type": "tensorflow.OpDef.ArgDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "control_output",
     "number": 20,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "attr",
     "number": 4,
     "type": "tensorflow.OpDef.AttrDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "deprecation",
     "number": 8,
     "type": "tensorflow.OpDeprecation",
     "kind": "message"
    },
    {
     "name": "summary",
     "number": 5,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "description",
     "number": 6,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "is_commutative",
     "number": 18,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "is_aggregate",
     "number": 16,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "is_stateful",
     "number": 17,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "allows_uninitialized_input",
     "number": 19,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "is_distributed_communication",
     "number": 21,
     "type": "bool",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.OpDef.ArgDef": {
   "name": "tensorflow.OpDef.ArgDef",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "description",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "type",
     "number": 3,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "type_attr",
     "number": 4,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "number_attr",
     "number": 5,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "type_list_attr",
     "number": 6,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "handle_data",
     "number": 7,
     "type": "tensorflow.ResourceHandleProto.DtypeAndShape",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "is_ref",
     "number": 16,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "experimental_full_type",
     "number": 17,
     "type": "tensorflow.FullTypeDef",
     "kind": "message"
    }
   ]
  },
  "tensorflow.OpDef.AttrDef": {
   "name": "tensorflow.OpDef.AttrDef",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "type",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "default_value",
     "number": 3,
     "type": "tensorflow.AttrValue",
     "kind": "message"
    },
    {
     "name": "description",
     "number": 4,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "has_minimum",
     "number": 5,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "minimum",
     "number": 6,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "allowed_values",
     "number": 7,
     "type": "tensorflow.AttrValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.FullTypeDef": {
   "name": "tensorflow.FullTypeDef",
   "fields": [
    {
     "name": "type_id",
     "number": 1,
     "type": "tensorflow.FullTypeId",
     "kind": "enum"
    },
    {
     "name": "args",
     "number": 2,
     "type": "tensorflow.FullTypeDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "s",
     "number": 3,
     "type": "string",
     "kind": "scalar",
     "oneof": "attr"
    },
    {
     "name": "i",
     "number": 4,
     "type": "int64",
     "kind": "scalar",
     "oneof": "attr"
    }
   ]
  },
  "tensorflow.FunctionDef.AttrEntry": {
   "name": "tensorflow.FunctionDef.AttrEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.AttrValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.FunctionDef.ArgAttrEntry": {
   "name": "tensorflow.FunctionDef.ArgAttrEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "uint32",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.FunctionDef.ArgAttrs",
     "kind": "message"
    }
   ]
  },
  "tensorflow.FunctionDef.ResourceArgUniqueIdEntry": {
   "name": "tensorflow.FunctionDef.ResourceArgUniqueIdEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "uint32",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "uint32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.FunctionDef.RetEntry": {
   "name": "tensorflow.FunctionDef.RetEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.FunctionDef.ControlRetEntry": {
   "name": "tensorflow.FunctionDef.ControlRetEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.FunctionDef": {
   "name": "tensorflow.FunctionDef",
   "fields": [
    {
     "name": "signature",
     "number": 1,
     "type": "tensorflow.OpDef",
     "kind": "message"
    },
    {
     "name": "attr",
     "number": 5,
     "type": "tensorflow.FunctionDef.AttrEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "arg_attr",
     "number": 7,
     "type": "tensorflow.FunctionDef.ArgAttrEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "resource_arg_unique_id",
     "number": 8,
     "type": "tensorflow.FunctionDef.ResourceArgUniqueIdEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "node_def",
     "number": 3,
     "type": "tensorflow.NodeDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "ret",
     "number": 4,
     "type": "tensorflow.FunctionDef.RetEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "control_ret",
     "number": 6,
     "type": "tensorflow.FunctionDef.ControlRetEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.FunctionDef.ArgAttrs.AttrEntry": {
   "name": "tensorflow.FunctionDef.ArgAttrs.AttrEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.AttrValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.FunctionDef.ArgAttrs": {
   "name": "tensorflow.FunctionDef.ArgAttrs",
   "fields": [
    {
     "name": "attr",
     "number": 1,
     "type": "tensorflow.FunctionDef.ArgAttrs.AttrEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.GradientDef": {
   "name": "tensorflow.GradientDef",
   "fields": [
    {
     "name": "function_name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "gradient_func",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.RegisteredGradient": {
   "name": "tensorflow.RegisteredGradient",
   "fields": [
    {
     "name": "gradient_func",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "registered_op_type",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.OpDeprecation": {
   "name": "tensorflow.OpDeprecation",
   "fields": [
    {
     "name": "version",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "explanation",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.AttrValue": {
   "name": "tensorflow.AttrValue",
   "fields": [
    {
     "name": "s",
     "number": 2,
     "type": "bytes",
     "kind": "scalar",
     "oneof": "value"
    },
    {
     "name": "i",
     "number": 3,
     "type": "int64",
     "kind": "scalar",
     "oneof": "value"
    },
    {
     "name": "f",
     "number": 4,
     "type": "float",
     "kind": "scalar",
     "oneof": "value"
    },
    {
     "name": "b",
     "number": 5,
     "type": "bool",
     "kind": "scalar",
     "oneof": "value"
    },
    {
     "name": "type",
     "number": 6,
     "type": "tensorflow.DataType",
     "kind": "enum",
     "oneof": "value"
    },
    {
     "name": "shape",
     "number": 7,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message",
     "oneof": "value"
    },
    {
     "name": "tensor",
     "number": 8,
     "type": "tensorflow.TensorProto",
     "kind": "message",
     "oneof": "value"
    },
    {
     "name": "list",
     "number": 1,
     "type": "tensorflow.AttrValue.ListValue",
     "kind": "message",
     "oneof": "value"
    },
    {
     "name": "func",
     "number": 10,
     "type": "tensorflow.NameAttrList",
     "kind": "message",
     "oneof": "value"
    },
    {
     "name": "placeholder",
     "number": 9,
     "type": "string",
     "kind": "scalar",
     "oneof": "value"
    }
   ]
  },
  "tensorflow.AttrValue.ListValue": {
   "name": "tensorflow.AttrValue.ListValue",
   "fields": [
    {
     "name": "s",
     "number": 2,
     "type": "bytes",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "i",
     "number": 3,
     "type": "int64",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "f",
     "number": 4,
     "type": "float",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "b",
     "number": 5,
     "type": "bool",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "type",
     "number": 6,
     "type": "tensorflow.DataType",
     "kind": "enum",
     "repeated": true,
     "packed": true
    },
    {
     "name": "shape",
     "number": 7,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "tensor",
     "number": 8,
     "type": "tensorflow.TensorProto",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "func",
     "number": 9,
     "type": "tensorflow.NameAttrList",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.NameAttrList.AttrEntry": {
   "name": "tensorflow.NameAttrList.AttrEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.AttrValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.NameAttrList": {
   "name": "tensorflow.NameAttrList",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "attr",
     "number": 2,
     "type": "tensorflow.NameAttrList.AttrEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.TrackableObjectGraph": {
   "name": "tensorflow.TrackableObjectGraph",
   "fields": [
    {
     "name": "nodes",
     "number": 1,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.TrackableObjectGraph.TrackableObject": {
   "name": "tensorflow.TrackableObjectGraph.TrackableObject",
   "fields": [
    {
     "name": "children",
     "number": 1,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject.ObjectReference",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "attributes",
     "number": 2,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject.SerializedTensor",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "slot_variables",
     "number": 3,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject.SlotVariableReference",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "registered_saver",
     "number": 4,
     "type": "tensorflow.RegisteredSaver",
     "kind": "message"
    },
    {
     "name": "has_checkpoint_values",
     "number": 5,
     "type": "google.protobuf.BoolValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.TrackableObjectGraph.TrackableObject.ObjectReference": {
   "name": "tensorflow.TrackableObjectGraph.TrackableObject.ObjectReference",
   "fields": [
    {
     "name": "node_id",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "local_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.TrackableObjectGraph.TrackableObject.SerializedTensor": {
   "name": "tensorflow.TrackableObjectGraph.TrackableObject.SerializedTensor",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "full_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "checkpoint_key",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.TrackableObjectGraph.TrackableObject.SlotVariableReference": {
   "name": "tensorflow.TrackableObjectGraph.TrackableObject.SlotVariableReference",
   "fields": [
    {
     "name": "original_variable_node_id",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "slot_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "slot_variable_node_id",
     "number": 3,
     "type": "int32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedObjectGraph.ConcreteFunctionsEntry": {
   "name": "tensorflow.SavedObjectGraph.ConcreteFunctionsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.SavedConcreteFunction",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SavedObjectGraph": {
   "name": "tensorflow.SavedObjectGraph",
   "fields": [
    {
     "name": "nodes",
     "number": 1,
     "type": "tensorflow.SavedObject",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "concrete_functions",
     "number": 2,
     "type": "tensorflow.SavedObjectGraph.ConcreteFunctionsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.RegisteredSaver": {
   "name": "tensorflow.RegisteredSaver",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "object_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedObject.SaveableObjectsEntry": {
   "name": "tensorflow.SavedObject.SaveableObjectsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.SaveableObject",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SavedObject": {
   "name": "tensorflow.SavedObject",
   "fields": [
    {
     "name": "children",
     "number": 1,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject.ObjectReference",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "dependencies",
     "number": 15,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject.ObjectReference",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "slot_variables",
     "number": 3,
     "type": "tensorflow.TrackableObjectGraph.TrackableObject.SlotVariableReference",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "user_object",
     "number": 4,
     "type": "tensorflow.SavedUserObject",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "asset",
     "number": 5,
     "type": "tensorflow.SavedAsset",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "function",
     "number": 6,
     "type": "tensorflow.SavedFunction",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "variable",
     "number": 7,
     "type": "tensorflow.SavedVariable",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "bare_concrete_function",
     "number": 8,
     "type": "tensorflow.SavedBareConcreteFunction",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "constant",
     "number": 9,
     "type": "tensorflow.SavedConstant",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "resource",
     "number": 10,
     "type": "tensorflow.SavedResource",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "captured_tensor",
     "number": 12,
     "type": "tensorflow.CapturedTensor",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "saveable_objects",
     "number": 11,
     "type": "tensorflow.SavedObject.SaveableObjectsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "registered_name",
     "number": 13,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "serialized_user_proto",
     "number": 14,
     "type": "google.protobuf.Any",
     "kind": "message"
    },
    {
     "name": "registered_saver",
     "number": 16,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedUserObject": {
   "name": "tensorflow.SavedUserObject",
   "fields": [
    {
     "name": "identifier",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "version",
     "number": 2,
     "type": "tensorflow.VersionDef",
     "kind": "message"
    },
    {
     "name": "metadata",
     "number": 3,
     "type": "string",
     "kind": "scalar",
     "deprecated": true
    }
   ]
  },
  "tensorflow.SavedAsset": {
   "name": "tensorflow.SavedAsset",
   "fields": [
    {
     "name": "asset_file_def_index",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedFunction": {
   "name": "tensorflow.SavedFunction",
   "fields": [
    {
     "name": "concrete_functions",
     "number": 1,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "function_spec",
     "number": 2,
     "type": "tensorflow.FunctionSpec",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SavedVariable": {
   "name": "tensorflow.SavedVariable",
   "fields": [
    {
     "name": "dtype",
     "number": 1,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "shape",
     "number": 2,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    },
    {
     "name": "trainable",
     "number": 3,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "synchronization",
     "number": 4,
     "type": "tensorflow.VariableSynchronization",
     "kind": "enum"
    },
    {
     "name": "aggregation",
     "number": 5,
     "type": "tensorflow.VariableAggregation",
     "kind": "enum"
    },
    {
     "name": "name",
     "number": 6,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "device",
     "number": 7,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "experimental_distributed_variable_components",
     "number": 8,
     "type": "tensorflow.SavedVariable",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.SavedBareConcreteFunction": {
   "name": "tensorflow.SavedBareConcreteFunction",
   "fields": [
    {
     "name": "concrete_function_name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "argument_keywords",
     "number": 2,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "allowed_positional_arguments",
     "number": 3,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "function_spec",
     "number": 4,
     "type": "tensorflow.FunctionSpec",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SavedConstant": {
   "name": "tensorflow.SavedConstant",
   "fields": [
    {
     "name": "operation",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedResource": {
   "name": "tensorflow.SavedResource",
   "fields": [
    {
     "name": "device",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.CapturedTensor": {
   "name": "tensorflow.CapturedTensor",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "concrete_function",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedConcreteFunction": {
   "name": "tensorflow.SavedConcreteFunction",
   "fields": [
    {
     "name": "bound_inputs",
     "number": 2,
     "type": "int32",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    },
    {
     "name": "canonicalized_input_signature",
     "number": 3,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    },
    {
     "name": "output_signature",
     "number": 4,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.FunctionSpec": {
   "name": "tensorflow.FunctionSpec",
   "fields": [
    {
     "name": "fullargspec",
     "number": 1,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    },
    {
     "name": "is_method",
     "number": 2,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "input_signature",
     "number": 5,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    },
    {
     "name": "jit_compile",
     "number": 6,
     "type": "tensorflow.FunctionSpec.JitCompile",
     "kind": "enum"
    }
   ]
  },
  "tensorflow.SaveableObject": {
   "name": "tensorflow.SaveableObject",
   "fields": [
    {
     "name": "save_function",
     "number": 2,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "restore_function",
     "number": 3,
     "type": "int32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.PredictionLog": {
   "name": "tensorflow.serving.PredictionLog",
   "fields": [
    {
     "name": "log_metadata",
     "number": 1,
     "type": "tensorflow.serving.LogMetadata",
     "kind": "message"
    },
    {
     "name": "classify_log",
     "number": 2,
     "type": "tensorflow.serving.ClassifyLog",
     "kind": "message",
     "oneof": "log_type"
    },
    {
     "name": "regress_log",
     "number": 3,
     "type": "tensorflow.serving.RegressLog",
     "kind": "message",
     "oneof": "log_type"
    },
    {
     "name": "predict_log",
     "number": 6,
     "type": "tensorflow.serving.PredictLog",
     "kind": "message",
     "oneof": "log_type"
    },
    {
     "name": "predict_streamed_log",
     "number": 7,
     "type": "tensorflow.serving.PredictStreamedLog",
     "kind": "message",
     "oneof": "log_type"
    },
    {
     "name": "multi_inference_log",
     "number": 4,
     "type": "tensorflow.serving.MultiInferenceLog",
     "kind": "message",
     "oneof": "log_type"
    },
    {
     "name": "session_run_log",
     "number": 5,
     "type": "tensorflow.serving.SessionRunLog",
     "kind": "message",
     "oneof": "log_type"
    }
   ]
  },
  "tensorflow.serving.LogMetadata": {
   "name": "tensorflow.serving.LogMetadata",
   "fields": [
    {
     "name": "model_spec",
     "number": 1,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "sampling_config",
     "number": 2,
     "type": "tensorflow.serving.SamplingConfig",
     "kind": "message"
    },
    {
     "name": "saved_model_tags",
     "number": 3,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "timestamp_secs",
     "number": 4,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "dc",
     "number": 5,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "request_origin",
     "number": 6,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "request_criticality",
     "number": 7,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.ClassifyLog": {
   "name": "tensorflow.serving.ClassifyLog",
   "fields": [
    {
     "name": "request",
     "number": 1,
     "type": "tensorflow.serving.ClassificationRequest",
     "kind": "message"
    },
    {
     "name": "response",
     "number": 2,
     "type": "tensorflow.serving.ClassificationResponse",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.RegressLog": {
   "name": "tensorflow.serving.RegressLog",
   "fields": [
    {
     "name": "request",
     "number": 1,
     "type": "tensorflow.serving.RegressionRequest",
     "kind": "message"
    },
    {
     "name": "response",
     "number": 2,
     "type": "tensorflow.serving.RegressionResponse",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.PredictLog": {
   "name": "tensorflow.serving.PredictLog",
   "fields": [
    {
     "name": "request",
     "number": 1,
     "type": "tensorflow.serving.PredictRequest",
     "kind": "message"
    },
    {
     "name": "response",
     "number": 2,
     "type": "tensorflow.serving.PredictResponse",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.PredictStreamedLog": {
   "name": "tensorflow.serving.PredictStreamedLog",
   "fields": [
    {
     "name": "request",
     "number": 1,
     "type": "tensorflow.serving.PredictRequest",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "response",
     "number": 2,
     "type": "tensorflow.serving.PredictResponse",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.serving.MultiInferenceLog": {
   "name": "tensorflow.serving.MultiInferenceLog",
   "fields": [
    {
     "name": "request",
     "number": 1,
     "type": "tensorflow.serving.MultiInferenceRequest",
     "kind": "message"
    },
    {
     "name": "response",
     "number": 2,
     "type": "tensorflow.serving.MultiInferenceResponse",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.SessionRunLog": {
   "name": "tensorflow.serving.SessionRunLog",
   "fields": [
    {
     "name": "request",
     "number": 1,
     "type": "bytes",
     "kind": "scalar"
    },
    {
     "name": "response",
     "number": 2,
     "type": "bytes",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.ModelSpec": {
   "name": "tensorflow.serving.ModelSpec",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "version",
     "number": 2,
     "type": "google.protobuf.Int64Value",
     "kind": "message",
     "oneof": "version_choice"
    },
    {
     "name": "version_label",
     "number": 4,
     "type": "string",
     "kind": "scalar",
     "oneof": "version_choice"
    },
    {
     "name": "signature_name",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.SamplingConfig": {
   "name": "tensorflow.serving.SamplingConfig",
   "fields": [
    {
     "name": "sampling_rate",
     "number": 1,
     "type": "double",
     "kind": "scalar"
    },
    {
     "name": "attributes",
     "number": 2,
     "type": "int32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.ClassificationRequest": {
   "name": "tensorflow.serving.ClassificationRequest",
   "fields": [
    {
     "name": "model_spec",
     "number": 1,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "input",
     "number": 2,
     "type": "tensorflow.serving.Input",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.ClassificationResponse": {
   "name": "tensorflow.serving.ClassificationResponse",
   "fields": [
    {
     "name": "model_spec",
     "number": 2,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "result",
     "number": 1,
     "type": "tensorflow.serving.ClassificationResult",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.RegressionRequest": {
   "name": "tensorflow.serving.RegressionRequest",
   "fields": [
    {
     "name": "model_spec",
     "number": 1,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "input",
     "number": 2,
     "type": "tensorflow.serving.Input",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.RegressionResponse": {
   "name": "tensorflow.serving.RegressionResponse",
   "fields": [
    {
     "name": "model_spec",
     "number": 2,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "result",
     "number": 1,
     "type": "tensorflow.serving.RegressionResult",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.PredictRequest.InputsEntry": {
   "name": "tensorflow.serving.PredictRequest.InputsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.TensorProto",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.PredictRequest": {
   "name": "tensorflow.serving.PredictRequest",
   "fields": [
    {
     "name": "model_spec",
     "number": 1,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "inputs",
     "number": 2,
     "type": "tensorflow.serving.PredictRequest.InputsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "output_filter",
     "number": 3,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "predict_streamed_options",
     "number": 5,
     "type": "tensorflow.serving.PredictStreamedOptions",
     "kind": "message"
    },
    {
     "name": "client_id",
     "number": 6,
     "type": "bytes",
     "kind": "scalar",
     "presence": true
    }
   ]
  },
  "tensorflow.serving.PredictResponse.OutputsEntry": {
   "name": "tensorflow.serving.PredictResponse.OutputsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.TensorProto",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.PredictResponse": {
   "name": "tensorflow.serving.PredictResponse",
   "fields": [
    {
     "name": "model_spec",
     "number": 2,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "outputs",
     "number": 1,
     "type": "tensorflow.serving.PredictResponse.OutputsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.serving.MultiInferenceRequest": {
   "name": "tensorflow.serving.MultiInferenceRequest",
   "fields": [
    {
     "name": "tasks",
     "number": 1,
     "type": "tensorflow.serving.InferenceTask",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "input",
     "number": 2,
     "type": "tensorflow.serving.Input",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.MultiInferenceResponse": {
   "name": "tensorflow.serving.MultiInferenceResponse",
   "fields": [
    {
     "name": "results",
     "number": 1,
     "type": "tensorflow.serving.InferenceResult",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.serving.Input": {
   "name": "tensorflow.serving.Input",
   "fields": [
    {
     "name": "example_list",
     "number": 1,
     "type": "tensorflow.serving.ExampleList",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "example_list_with_context",
     "number": 2,
     "type": "tensorflow.serving.ExampleListWithContext",
     "kind": "message",
     "oneof": "kind"
    }
   ]
  },
  "tensorflow.serving.ClassificationResult": {
   "name": "tensorflow.serving.ClassificationResult",
   "fields": [
    {
     "name": "classifications",
     "number": 1,
     "type": "tensorflow.serving.Classifications",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.serving.RegressionResult": {
   "name": "tensorflow.serving.RegressionResult",
   "fields": [
    {
     "name": "regressions",
     "number": 1,
     "type": "tensorflow.serving.Regression",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.serving.PredictStreamedOptions.SplitDimensionsEntry": {
   "name": "tensorflow.serving.PredictStreamedOptions.SplitDimensionsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "int32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.PredictStreamedOptions": {
   "name": "tensorflow.serving.PredictStreamedOptions",
   "fields": [
    {
     "name": "request_state",
     "number": 1,
     "type": "tensorflow.serving.PredictStreamedOptions.RequestState",
     "kind": "enum"
    },
    {
     "name": "split_dimensions",
     "number": 2,
     "type": "tensorflow.serving.PredictStreamedOptions.SplitDimensionsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.serving.InferenceTask": {
   "name": "tensorflow.serving.InferenceTask",
   "fields": [
    {
     "name": "model_spec",
     "number": 1,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "method_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.InferenceResult": {
   "name": "tensorflow.serving.InferenceResult",
   "fields": [
    {
     "name": "model_spec",
     "number": 1,
     "type": "tensorflow.serving.ModelSpec",
     "kind": "message"
    },
    {
     "name": "classification_result",
     "number": 2,
     "type": "tensorflow.serving.ClassificationResult",
     "kind": "message",
     "oneof": "result"
    },
    {
     "name": "regression_result",
     "number": 3,
     "type": "tensorflow.serving.RegressionResult",
     "kind": "message",
     "oneof": "result"
    }
   ]
  },
  "tensorflow.serving.ExampleList": {
   "name": "tensorflow.serving.ExampleList",
   "fields": [
    {
     "name": "examples",
     "number": 1,
     "type": "tensorflow.Example",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.serving.ExampleListWithContext": {
   "name": "tensorflow.serving.ExampleListWithContext",
   "fields": [
    {
     "name": "examples",
     "number": 1,
     "type": "tensorflow.Example",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "context",
     "number": 2,
     "type": "tensorflow.Example",
     "kind": "message"
    }
   ]
  },
  "tensorflow.serving.Classifications": {
   "name": "tensorflow.serving.Classifications",
   "fields": [
    {
     "name": "classes",
     "number": 1,
     "type": "tensorflow.serving.Class",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.serving.Regression": {
   "name": "tensorflow.serving.Regression",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "float",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.serving.Class": {
   "name": "tensorflow.serving.Class",
   "fields": [
    {
     "name": "label",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "score",
     "number": 2,
     "type": "float",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.SavedModel": {
   "name": "tensorflow.SavedModel",
   "fields": [
    {
     "name": "saved_model_schema_version",
     "number": 1,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "meta_graphs",
     "number": 2,
     "type": "tensorflow.MetaGraphDef",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.MetaGraphDef.CollectionDefEntry": {
   "name": "tensorflow.MetaGraphDef.CollectionDefEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.CollectionDef",
     "kind": "message"
    }
   ]
  },
  "tensorflow.MetaGraphDef.SignatureDefEntry": {
   "name": "tensorflow.MetaGraphDef.SignatureDefEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.SignatureDef",
     "kind": "message"
    }
   ]
  },
  "tensorflow.MetaGraphDef": {
   "name": "tensorflow.MetaGraphDef",
   "fields": [
    {
     "name": "meta_info_def",
     "number": 1,
     "type": "tensorflow.MetaGraphDef.MetaInfoDef",
     "kind": "message"
    },
    {
     "name": "graph_def",
     "number": 2,
     "type": "tensorflow.GraphDef",
     "kind": "message"
    },
    {
     "name": "saver_def",
     "number": 3,
     "type": "tensorflow.SaverDef",
     "kind": "message"
    },
    {
     "name": "collection_def",
     "number": 4,
     "type": "tensorflow.MetaGraphDef.CollectionDefEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "signature_def",
     "number": 5,
     "type": "tensorflow.MetaGraphDef.SignatureDefEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "asset_file_def",
     "number": 6,
     "type": "tensorflow.AssetFileDef",
     "kind": "message",
     "repeated": true
    },
    {
     "name": "object_graph_def",
     "number": 7,
     "type": "tensorflow.SavedObjectGraph",
     "kind": "message"
    }
   ]
  },
  "tensorflow.MetaGraphDef.MetaInfoDef.FunctionAliasesEntry": {
   "name": "tensorflow.MetaGraphDef.MetaInfoDef.FunctionAliasesEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.MetaGraphDef.MetaInfoDef": {
   "name": "tensorflow.MetaGraphDef.MetaInfoDef",
   "fields": [
    {
     "name": "meta_graph_version",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "stripped_op_list",
     "number": 2,
     "type": "tensorflow.OpList",
     "kind": "message"
    },
    {
     "name": "any_info",
     "number": 3,
     "type": "google.protobuf.Any",
     "kind": "message"
    },
    {
     "name": "tags",
     "number": 4,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    },
    {
     "name": "tensorflow_version",
     "number": 5,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "tensorflow_git_version",
     "number": 6,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "stripped_default_attrs",
     "number": 7,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "function_aliases",
     "number": 8,
     "type": "tensorflow.MetaGraphDef.MetaInfoDef.FunctionAliasesEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.SaverDef": {
   "name": "tensorflow.SaverDef",
   "fields": [
    {
     "name": "filename_tensor_name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "save_tensor_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "restore_op_name",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "max_to_keep",
     "number": 4,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "sharded",
     "number": 5,
     "type": "bool",
     "kind": "scalar"
    },
    {
     "name": "keep_checkpoint_every_n_hours",
     "number": 6,
     "type": "float",
     "kind": "scalar"
    },
    {
     "name": "version",
     "number": 7,
     "type": "tensorflow.SaverDef.CheckpointFormatVersion",
     "kind": "enum"
    }
   ]
  },
  "tensorflow.AssetFileDef": {
   "name": "tensorflow.AssetFileDef",
   "fields": [
    {
     "name": "tensor_info",
     "number": 1,
     "type": "tensorflow.TensorInfo",
     "kind": "message"
    },
    {
     "name": "filename",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.CollectionDef": {
   "name": "tensorflow.CollectionDef",
   "fields": [
    {
     "name": "node_list",
     "number": 1,
     "type": "tensorflow.CollectionDef.NodeList",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "bytes_list",
     "number": 2,
     "type": "tensorflow.CollectionDef.BytesList",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "int64_list",
     "number": 3,
     "type": "tensorflow.CollectionDef.Int64List",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "float_list",
     "number": 4,
     "type": "tensorflow.CollectionDef.FloatList",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "any_list",
     "number": 5,
     "type": "tensorflow.CollectionDef.AnyList",
     "kind": "message",
     "oneof": "kind"
    }
   ]
  },
  "tensorflow.CollectionDef.NodeList": {
   "name": "tensorflow.CollectionDef.NodeList",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "string",
     "kind": "scalar",
     "repeated": true
    }
   ]
  },
  "tensorflow.CollectionDef.BytesList": {
   "name": "tensorflow.CollectionDef.BytesList",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "bytes",
     "kind": "scalar",
     "repeated": true
    }
   ]
  },
  "tensorflow.CollectionDef.Int64List": {
   "name": "tensorflow.CollectionDef.Int64List",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "int64",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    }
   ]
  },
  "tensorflow.CollectionDef.FloatList": {
   "name": "tensorflow.CollectionDef.FloatList",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "float",
     "kind": "scalar",
     "repeated": true,
     "packed": true
    }
   ]
  },
  "tensorflow.CollectionDef.AnyList": {
   "name": "tensorflow.CollectionDef.AnyList",
   "fields": [
    {
     "name": "value",
     "number": 1,
     "type": "google.protobuf.Any",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.SignatureDef.InputsEntry": {
   "name": "tensorflow.SignatureDef.InputsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.TensorInfo",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SignatureDef.OutputsEntry": {
   "name": "tensorflow.SignatureDef.OutputsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.TensorInfo",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SignatureDef.DefaultsEntry": {
   "name": "tensorflow.SignatureDef.DefaultsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.TensorProto",
     "kind": "message"
    }
   ]
  },
  "tensorflow.SignatureDef": {
   "name": "tensorflow.SignatureDef",
   "fields": [
    {
     "name": "inputs",
     "number": 1,
     "type": "tensorflow.SignatureDef.InputsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "outputs",
     "number": 2,
     "type": "tensorflow.SignatureDef.OutputsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    },
    {
     "name": "method_name",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "defaults",
     "number": 4,
     "type": "tensorflow.SignatureDef.DefaultsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.TensorInfo": {
   "name": "tensorflow.TensorInfo",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar",
     "oneof": "encoding"
    },
    {
     "name": "coo_sparse",
     "number": 4,
     "type": "tensorflow.TensorInfo.CooSparse",
     "kind": "message",
     "oneof": "encoding"
    },
    {
     "name": "composite_tensor",
     "number": 5,
     "type": "tensorflow.TensorInfo.CompositeTensor",
     "kind": "message",
     "oneof": "encoding"
    },
    {
     "name": "dtype",
     "number": 2,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "tensor_shape",
     "number": 3,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    }
   ]
  },
  "tensorflow.TensorInfo.CooSparse": {
   "name": "tensorflow.TensorInfo.CooSparse",
   "fields": [
    {
     "name": "values_tensor_name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "indices_tensor_name",
     "number": 2,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "dense_shape_tensor_name",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.TensorInfo.CompositeTensor": {
   "name": "tensorflow.TensorInfo.CompositeTensor",
   "fields": [
    {
     "name": "type_spec",
     "number": 1,
     "type": "tensorflow.TypeSpecProto",
     "kind": "message"
    },
    {
     "name": "components",
     "number": 2,
     "type": "tensorflow.TensorInfo",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.TypeSpecProto": {
   "name": "tensorflow.TypeSpecProto",
   "fields": [
    {
     "name": "type_spec_class",
     "number": 1,
     "type": "tensorflow.TypeSpecProto.TypeSpecClass",
     "kind": "enum"
    },
    {
     "name": "type_state",
     "number": 2,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    },
    {
     "name": "type_spec_class_name",
     "number": 3,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "num_flat_components",
     "number": 4,
     "type": "int32",
     "kind": "scalar"
    }
   ]
  },
  "tensorflow.StructuredValue": {
   "name": "tensorflow.StructuredValue",
   "fields": [
    {
     "name": "none_value",
     "number": 1,
     "type": "tensorflow.NoneValue",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "float64_value",
     "number": 11,
     "type": "double",
     "kind": "scalar",
     "oneof": "kind"
    },
    {
     "name": "int64_value",
     "number": 12,
     "type": "sint64",
     "kind": "scalar",
     "oneof": "kind"
    },
    {
     "name": "string_value",
     "number": 13,
     "type": "string",
     "kind": "scalar",
     "oneof": "kind"
    },
    {
     "name": "bool_value",
     "number": 14,
     "type": "bool",
     "kind": "scalar",
     "oneof": "kind"
    },
    {
     "name": "tensor_shape_value",
     "number": 31,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "tensor_dtype_value",
     "number": 32,
     "type": "tensorflow.DataType",
     "kind": "enum",
     "oneof": "kind"
    },
    {
     "name": "tensor_spec_value",
     "number": 33,
     "type": "tensorflow.TensorSpecProto",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "type_spec_value",
     "number": 34,
     "type": "tensorflow.TypeSpecProto",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "bounded_tensor_spec_value",
     "number": 35,
     "type": "tensorflow.BoundedTensorSpecProto",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "list_value",
     "number": 51,
     "type": "tensorflow.ListValue",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "tuple_value",
     "number": 52,
     "type": "tensorflow.TupleValue",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "dict_value",
     "number": 53,
     "type": "tensorflow.DictValue",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "named_tuple_value",
     "number": 54,
     "type": "tensorflow.NamedTupleValue",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "tensor_value",
     "number": 55,
     "type": "tensorflow.TensorProto",
     "kind": "message",
     "oneof": "kind"
    },
    {
     "name": "numpy_value",
     "number": 56,
     "type": "tensorflow.TensorProto",
     "kind": "message",
     "oneof": "kind"
    }
   ]
  },
  "tensorflow.NoneValue": {
   "name": "tensorflow.NoneValue",
   "fields": []
  },
  "tensorflow.TensorSpecProto": {
   "name": "tensorflow.TensorSpecProto",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "shape",
     "number": 2,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    },
    {
     "name": "dtype",
     "number": 3,
     "type": "tensorflow.DataType",
     "kind": "enum"
    }
   ]
  },
  "tensorflow.BoundedTensorSpecProto": {
   "name": "tensorflow.BoundedTensorSpecProto",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "shape",
     "number": 2,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    },
    {
     "name": "dtype",
     "number": 3,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "minimum",
     "number": 4,
     "type": "tensorflow.TensorProto",
     "kind": "message"
    },
    {
     "name": "maximum",
     "number": 5,
     "type": "tensorflow.TensorProto",
     "kind": "message"
    }
   ]
  },
  "tensorflow.ListValue": {
   "name": "tensorflow.ListValue",
   "fields": [
    {
     "name": "values",
     "number": 1,
     "type": "tensorflow.StructuredValue",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.TupleValue": {
   "name": "tensorflow.TupleValue",
   "fields": [
    {
     "name": "values",
     "number": 1,
     "type": "tensorflow.StructuredValue",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.DictValue.FieldsEntry": {
   "name": "tensorflow.DictValue.FieldsEntry",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.DictValue": {
   "name": "tensorflow.DictValue",
   "fields": [
    {
     "name": "fields",
     "number": 1,
     "type": "tensorflow.DictValue.FieldsEntry",
     "kind": "message",
     "repeated": true,
     "map": true
    }
   ]
  },
  "tensorflow.NamedTupleValue": {
   "name": "tensorflow.NamedTupleValue",
   "fields": [
    {
     "name": "name",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "values",
     "number": 2,
     "type": "tensorflow.PairValue",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.PairValue": {
   "name": "tensorflow.PairValue",
   "fields": [
    {
     "name": "key",
     "number": 1,
     "type": "string",
     "kind": "scalar"
    },
    {
     "name": "value",
     "number": 2,
     "type": "tensorflow.StructuredValue",
     "kind": "message"
    }
   ]
  },
  "tensorflow.BundleHeaderProto": {
   "name": "tensorflow.BundleHeaderProto",
   "fields": [
    {
     "name": "num_shards",
     "number": 1,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "endianness",
     "number": 2,
     "type": "tensorflow.BundleHeaderProto.Endianness",
     "kind": "enum"
    },
    {
     "name": "version",
     "number": 3,
     "type": "tensorflow.VersionDef",
     "kind": "message"
    }
   ]
  },
  "tensorflow.BundleEntryProto": {
   "name": "tensorflow.BundleEntryProto",
   "fields": [
    {
     "name": "dtype",
     "number": 1,
     "type": "tensorflow.DataType",
     "kind": "enum"
    },
    {
     "name": "shape",
     "number": 2,
     "type": "tensorflow.TensorShapeProto",
     "kind": "message"
    },
    {
     "name": "shard_id",
     "number": 3,
     "type": "int32",
     "kind": "scalar"
    },
    {
     "name": "offset",
     "number": 4,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "size",
     "number": 5,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "crc32c",
     "number": 6,
     "type": "fixed32",
     "kind": "scalar"
    },
    {
     "name": "slices",
     "number": 7,
     "type": "tensorflow.TensorSliceProto",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.FingerprintDef": {
   "name": "tensorflow.FingerprintDef",
   "fields": [
    {
     "name": "saved_model_checksum",
     "number": 1,
     "type": "uint64",
     "kind": "scalar"
    },
    {
     "name": "graph_def_program_hash",
     "number": 2,
     "type": "uint64",
     "kind": "scalar"
    },
    {
     "name": "signature_def_hash",
     "number": 3,
     "type": "uint64",
     "kind": "scalar"
    },
    {
     "name": "saved_object_graph_hash",
     "number": 4,
     "type": "uint64",
     "kind": "scalar"
    },
    {
     "name": "checkpoint_hash",
     "number": 5,
     "type": "uint64",
     "kind": "scalar"
    },
    {
     "name": "version",
     "number": 6,
     "type": "tensorflow.VersionDef",
     "kind": "message"
    }
   ]
  },
  "tensorflow.TensorSliceProto": {
   "name": "tensorflow.TensorSliceProto",
   "fields": [
    {
     "name": "extent",
     "number": 1,
     "type": "tensorflow.TensorSliceProto.Extent",
     "kind": "message",
     "repeated": true
    }
   ]
  },
  "tensorflow.TensorSliceProto.Extent": {
   "name": "tensorflow.TensorSliceProto.Extent",
   "fields": [
    {
     "name": "start",
     "number": 1,
     "type": "int64",
     "kind": "scalar"
    },
    {
     "name": "length",
     "number": 2,
     "type": "int64",
     "kind": "scalar",
     "oneof": "has_length"
    }
   ]
  }
 },
 "enums": {
  "tensorflow.DataType": {
   "name": "tensorflow.DataType",
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
  "tensorflow.FullTypeId": {
   "name": "tensorflow.FullTypeId",
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
  "tensorflow.FunctionSpec.JitCompile": {
   "name": "tensorflow.FunctionSpec.JitCompile",
   "values": {
    "DEFAULT": 0,
    "ON": 1,
    "OFF": 2
   }
  },
  "tensorflow.VariableSynchronization": {
   "name": "tensorflow.VariableSynchronization",
   "values": {
    "VARIABLE_SYNCHRONIZATION_AUTO": 0,
    "VARIABLE_SYNCHRONIZATION_NONE": 1,
    "VARIABLE_SYNCHRONIZATION_ON_WRITE": 2,
    "VARIABLE_SYNCHRONIZATION_ON_READ": 3
   }
  },
  "tensorflow.VariableAggregation": {
   "name": "tensorflow.VariableAggregation",
   "values": {
    "VARIABLE_AGGREGATION_NONE": 0,
    "VARIABLE_AGGREGATION_SUM": 1,
    "VARIABLE_AGGREGATION_MEAN": 2,
    "VARIABLE_AGGREGATION_ONLY_FIRST_REPLICA": 3
   }
  },
  "tensorflow.serving.PredictStreamedOptions.RequestState": {
   "name": "tensorflow.serving.PredictStreamedOptions.RequestState",
   "values": {
    "NONE": 0,
    "SPLIT": 1,
    "END_SPLIT": 2
   }
  },
  "tensorflow.SaverDef.CheckpointFormatVersion": {
   "name": "tensorflow.SaverDef.CheckpointFormatVersion",
   "values": {
    "LEGACY": 0,
    "V1": 1,
    "V2": 2
   }
  },
  "tensorflow.TypeSpecProto.TypeSpecClass": {
   "name": "tensorflow.TypeSpecProto.TypeSpecClass",
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
  },
  "tensorflow.BundleHeaderProto.Endianness": {
   "name": "tensorflow.BundleHeaderProto.Endianness",
   "values": {
    "LITTLE": 0,
    "BIG": 1
   }
  }
 }
};
