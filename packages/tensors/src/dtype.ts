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
