/**
 * The messages inside a SignatureDef as tables: what their proto JSON and their text form need. Fields stand in the
 * order of declaration; members of a oneof are marked, since they have no default in JSON.
 */
export type ScalarKind =
  | "bool"
  | "int32"
  | "int64"
  /** Zigzag on the wire. */
  | "sint64"
  | "uint32"
  | "uint64"
  | "float"
  | "double"
  | "string"
  | "bytes"
  | "enum";

export interface FieldTable {
  readonly number: number;
  readonly name: string;
  readonly kind: ScalarKind | "message" | "map";
  readonly repeated?: boolean;
  readonly oneof?: boolean;
  /** Message of a message field, or of a map's values. */
  readonly message?: string;
  /** Enum of an enum field: DataType, or TypeSpecClass. */
  readonly enumName?: "DataType" | "TypeSpecClass";
}

const scalar = (number: number, name: string, kind: ScalarKind): FieldTable => ({ number, name, kind });
const list = (number: number, name: string, kind: ScalarKind): FieldTable => ({
  number,
  name,
  kind,
  repeated: true,
});
const message = (number: number, name: string, type: string): FieldTable => ({
  number,
  name,
  kind: "message",
  message: type,
});
const messages = (number: number, name: string, type: string): FieldTable => ({
  ...message(number, name, type),
  repeated: true,
});
const map = (number: number, name: string, type: string): FieldTable => ({
  number,
  name,
  kind: "map",
  message: type,
});
const oneof = (field: FieldTable): FieldTable => ({ ...field, oneof: true });
const dtype = (number: number, name: string): FieldTable => ({
  number,
  name,
  kind: "enum",
  enumName: "DataType",
});

export const MESSAGES: Readonly<Record<string, readonly FieldTable[]>> = {
  SignatureDefMap: [map(1, "signature_def", "SignatureDef")],
  SignatureDef: [
    map(1, "inputs", "TensorInfo"),
    map(2, "outputs", "TensorInfo"),
    scalar(3, "method_name", "string"),
    map(4, "defaults", "TensorProto"),
  ],
  TensorInfo: [
    oneof(scalar(1, "name", "string")),
    oneof(message(4, "coo_sparse", "CooSparse")),
    oneof(message(5, "composite_tensor", "CompositeTensor")),
    dtype(2, "dtype"),
    message(3, "tensor_shape", "TensorShapeProto"),
  ],
  CooSparse: [
    scalar(1, "values_tensor_name", "string"),
    scalar(2, "indices_tensor_name", "string"),
    scalar(3, "dense_shape_tensor_name", "string"),
  ],
  CompositeTensor: [message(1, "type_spec", "TypeSpecProto"), messages(2, "components", "TensorInfo")],
  TensorShapeProto: [messages(2, "dim", "Dim"), scalar(3, "unknown_rank", "bool")],
  Dim: [scalar(1, "size", "int64"), scalar(2, "name", "string")],
  TypeSpecProto: [
    { number: 1, name: "type_spec_class", kind: "enum", enumName: "TypeSpecClass" },
    message(2, "type_state", "StructuredValue"),
    scalar(3, "type_spec_class_name", "string"),
    scalar(4, "num_flat_components", "int32"),
  ],
  StructuredValue: [
    oneof(message(1, "none_value", "NoneValue")),
    oneof(scalar(11, "float64_value", "double")),
    oneof(scalar(12, "int64_value", "sint64")),
    oneof(scalar(13, "string_value", "string")),
    oneof(scalar(14, "bool_value", "bool")),
    oneof(message(31, "tensor_shape_value", "TensorShapeProto")),
    oneof(dtype(32, "tensor_dtype_value")),
    oneof(message(33, "tensor_spec_value", "TensorSpecProto")),
    oneof(message(34, "type_spec_value", "TypeSpecProto")),
    oneof(message(35, "bounded_tensor_spec_value", "BoundedTensorSpecProto")),
    oneof(message(51, "list_value", "ListValue")),
    oneof(message(52, "tuple_value", "ListValue")),
    oneof(message(53, "dict_value", "DictValue")),
    oneof(message(54, "named_tuple_value", "NamedTupleValue")),
    oneof(message(55, "tensor_value", "TensorProto")),
    oneof(message(56, "numpy_value", "TensorProto")),
  ],
  NoneValue: [],
  ListValue: [messages(1, "values", "StructuredValue")],
  DictValue: [map(1, "fields", "StructuredValue")],
  PairValue: [scalar(1, "key", "string"), message(2, "value", "StructuredValue")],
  NamedTupleValue: [scalar(1, "name", "string"), messages(2, "values", "PairValue")],
  TensorSpecProto: [scalar(1, "name", "string"), message(2, "shape", "TensorShapeProto"), dtype(3, "dtype")],
  BoundedTensorSpecProto: [
    scalar(1, "name", "string"),
    message(2, "shape", "TensorShapeProto"),
    dtype(3, "dtype"),
    message(4, "minimum", "TensorProto"),
    message(5, "maximum", "TensorProto"),
  ],
  TensorProto: [
    dtype(1, "dtype"),
    message(2, "tensor_shape", "TensorShapeProto"),
    scalar(3, "version_number", "int32"),
    scalar(4, "tensor_content", "bytes"),
    list(13, "half_val", "int32"),
    list(5, "float_val", "float"),
    list(6, "double_val", "double"),
    list(7, "int_val", "int32"),
    list(8, "string_val", "bytes"),
    list(9, "scomplex_val", "float"),
    list(10, "int64_val", "int64"),
    list(11, "bool_val", "bool"),
    list(12, "dcomplex_val", "double"),
    messages(14, "resource_handle_val", "ResourceHandleProto"),
    messages(15, "variant_val", "VariantTensorDataProto"),
    list(16, "uint32_val", "uint32"),
    list(17, "uint64_val", "uint64"),
    scalar(18, "float8_val", "bytes"),
  ],
  ResourceHandleProto: [
    scalar(1, "device", "string"),
    scalar(2, "container", "string"),
    scalar(3, "name", "string"),
    scalar(4, "hash_code", "uint64"),
    scalar(5, "maybe_type_name", "string"),
    messages(6, "dtypes_and_shapes", "DtypeAndShape"),
  ],
  DtypeAndShape: [dtype(1, "dtype"), message(2, "shape", "TensorShapeProto")],
  VariantTensorDataProto: [
    scalar(1, "type_name", "string"),
    scalar(2, "metadata", "bytes"),
    messages(3, "tensors", "TensorProto"),
  ],
};

export const TYPE_SPEC_CLASSES: Readonly<Record<number, string>> = {
  0: "UNKNOWN",
  1: "SPARSE_TENSOR_SPEC",
  2: "INDEXED_SLICES_SPEC",
  3: "RAGGED_TENSOR_SPEC",
  4: "TENSOR_ARRAY_SPEC",
  5: "DATA_DATASET_SPEC",
  6: "DATA_ITERATOR_SPEC",
  7: "OPTIONAL_SPEC",
  8: "PER_REPLICA_SPEC",
  9: "VARIABLE_SPEC",
  10: "ROW_PARTITION_SPEC",
  12: "REGISTERED_TYPE_SPEC",
  13: "EXTENSION_TYPE_SPEC",
};
