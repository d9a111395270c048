/** TensorFlow's DataType names with their numbers in `types.proto` (reference types, number + 100, are not tensors on the wire). */
export const DTYPE_NUMBERS = {
  DT_INVALID: 0,
  DT_FLOAT: 1,
  DT_DOUBLE: 2,
  DT_INT32: 3,
  DT_UINT8: 4,
  DT_INT16: 5,
  DT_INT8: 6,
  DT_STRING: 7,
  DT_COMPLEX64: 8,
  DT_INT64: 9,
  DT_BOOL: 10,
  DT_QINT8: 11,
  DT_QUINT8: 12,
  DT_QINT32: 13,
  DT_BFLOAT16: 14,
  DT_QINT16: 15,
  DT_QUINT16: 16,
  DT_UINT16: 17,
  DT_COMPLEX128: 18,
  DT_HALF: 19,
  DT_RESOURCE: 20,
  DT_VARIANT: 21,
  DT_UINT32: 22,
  DT_UINT64: 23,
  DT_FLOAT8_E5M2: 24,
  DT_FLOAT8_E4M3FN: 25,
  DT_INT4: 29,
  DT_UINT4: 30,
} as const satisfies Record<string, number>;

/** A TensorFlow dtype by its proto name. */
export type DType = keyof typeof DTYPE_NUMBERS;

const namesByNumber: ReadonlyMap<number, DType> = new Map(
  Object.entries(DTYPE_NUMBERS).map(([name, number]) => [number, name as DType]),
);

/** Name of a DataType number, or undefined for a number that TensorFlow 2.17 does not know. */
export function dtypeOf(number: number): DType | undefined {
  return namesByNumber.get(number);
}

/** Whether a string is the name of a dtype, as `DT_FLOAT`. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(DTYPE_NUMBERS, name);
}

/** How the elements of a dtype lie in a typed array. */
export type ElementKind =
  | "float32"
  | "float64"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "bytes"
  | "none";

interface DTypeFacts {
  readonly kind: ElementKind;
  /** Array entries an element takes: 2 for complex numbers. */
  readonly lanes: 1 | 2;
  /** Bytes an element takes in memory and in tensor_content; 0 for strings. */
  readonly width: number;
  /** TensorFlow's own short name, as in its error texts. */
  readonly shortName: string;
}

const facts = (kind: ElementKind, width: number, shortName: string, lanes: 1 | 2 = 1): DTypeFacts => ({
  kind,
  lanes,
  width,
  shortName,
});

/** Facts per dtype; `kind: "none"` for those that are not dense arrays (resource, variant, invalid). */
export const DTYPE_FACTS: Readonly<Record<DType, DTypeFacts>> = {
  DT_INVALID: facts("none", 0, "INVALID"),
  DT_FLOAT: facts("float32", 4, "float"),
  DT_DOUBLE: facts("float64", 8, "double"),
  DT_INT32: facts("int32", 4, "int32"),
  DT_UINT8: facts("uint8", 1, "uint8"),
  DT_INT16: facts("int16", 2, "int16"),
  DT_INT8: facts("int8", 1, "int8"),
  DT_STRING: facts("bytes", 0, "string"),
  DT_COMPLEX64: facts("float32", 8, "complex64", 2),
  DT_INT64: facts("int64", 8, "int64"),
  DT_BOOL: facts("uint8", 1, "bool"),
  DT_QINT8: facts("int8", 1, "qint8"),
  DT_QUINT8: facts("uint8", 1, "quint8"),
  DT_QINT32: facts("int32", 4, "qint32"),
  DT_BFLOAT16: facts("uint16", 2, "bfloat16"),
  DT_QINT16: facts("int16", 2, "qint16"),
  DT_QUINT16: facts("uint16", 2, "quint16"),
  DT_UINT16: facts("uint16", 2, "uint16"),
  DT_COMPLEX128: facts("float64", 16, "complex128", 2),
  DT_HALF: facts("uint16", 2, "half"),
  DT_RESOURCE: facts("none", 0, "resource"),
  DT_VARIANT: facts("none", 0, "variant"),
  DT_UINT32: facts("uint32", 4, "uint32"),
  DT_UINT64: facts("uint64", 8, "uint64"),
  DT_FLOAT8_E5M2: facts("uint8", 1, "float8_e5m2"),
  DT_FLOAT8_E4M3FN: facts("uint8", 1, "float8_e4m3fn"),
  DT_INT4: facts("int8", 1, "int4"),
  DT_UINT4: facts("uint8", 1, "uint4"),
};

/** Bytes that one element takes in memory and in tensor_content; 0 for strings, resources and variants. */
export function byteWidth(dtype: DType): number {
  return DTYPE_FACTS[dtype].width;
}

/** TensorFlow's name in its messages: `float` for DT_FLOAT, `half` for DT_HALF. */
export function shortName(dtype: DType): string {
  return DTYPE_FACTS[dtype].shortName;
}
