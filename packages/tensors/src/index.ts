export { compareTensors, describeTensor, type TensorComparison, type Tolerance } from "./compare-tensors.ts";
export { type DecodeOptions, decodeTensorProto } from "./decode-tensor-proto.ts";
export {
  byteWidth,
  DTYPE_FACTS,
  DTYPE_NUMBERS,
  type DType,
  dtypeOf,
  type ElementKind,
  isDType,
  shortName,
} from "./dtype.ts";
export {
  encodeTensorProto,
  encodeTensorProtoFields,
  putTensorProto,
  tensorProtoSize,
} from "./encode-tensor-proto.ts";
export { shapeMatches, showShape } from "./partial-shape.ts";
export {
  bfloat16ToFloat,
  float8e4m3fnToFloat,
  float8e5m2ToFloat,
  floatToBfloat16,
  floatToFloat8e4m3fn,
  floatToFloat8e5m2,
  floatToHalf,
  halfToFloat,
} from "./small-floats.ts";
export { allocate, checkTensor, elementBytes, elementCount, isStringData, viewElements } from "./storage.ts";
export { concreteShape, type SynthesiseOptions, synthesise } from "./synthesise.ts";
export type { PartialShape, Tensor, TensorData } from "./tensor.ts";
export { TensorError, type TensorErrorCode } from "./tensor-error.ts";
export {
  elementAt,
  fromBase64,
  isFloating,
  type JsonElement,
  type JsonFloat,
  setNumber,
  type TensorJson,
  type TensorPattern,
  tensorFromJson,
  tensorFromPattern,
  tensorToJson,
  toBase64,
} from "./tensor-json.ts";
export { utf8, WIRE, WireError, WireReader } from "./wire-reader.ts";
export { putVarint, putVarint64, varint64Size, varintSize, WireWriter } from "./wire-writer.ts";
