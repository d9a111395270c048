import { type DType, dtypeOf } from "@servable/tensors";

const SHORT_NAMES: Readonly<Record<number, string>> = {
  0: "INVALID",
  1: "float",
  2: "double",
  3: "int32",
  4: "uint8",
  5: "int16",
  6: "int8",
  7: "string",
  8: "complex64",
  9: "int64",
  10: "bool",
  11: "qint8",
  12: "quint8",
  13: "qint32",
  14: "bfloat16",
  15: "qint16",
  16: "quint16",
  17: "uint16",
  18: "complex128",
  19: "half",
  20: "resource",
  21: "variant",
  22: "uint32",
  23: "uint64",
  24: "float8_e5m2",
  25: "float8_e4m3fn",
  29: "int4",
  30: "uint4",
};

/** TensorFlow's DataTypeString: `float`, `float_ref`. */
export function dataTypeString(number: number): string {
  if (number > 100) return `${dataTypeString(number - 100)}_ref`;
  return SHORT_NAMES[number] ?? `unknown dtype enum (${number})`;
}

/** The dtype of values of that number: a reference type holds values of its base type. */
export function valueDType(number: number): DType | undefined {
  const dtype = dtypeOf(number > 100 ? number - 100 : number);
  return dtype === "DT_INVALID" ? undefined : dtype;
}
