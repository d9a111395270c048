export { DTYPE_NUMBERS, type DType, dtypeOf } from "./dtype.ts";
export type { PartialShape, Tensor, TensorData } from "./tensor.ts";
