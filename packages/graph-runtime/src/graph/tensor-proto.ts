import { decodeTensorProto, type Tensor, TensorError } from "@servable/tensors";
import { invalid } from "../graph-error.ts";

/** Decodes a `TensorProto`. @throws GraphError (INVALID_ARGUMENT) where TensorFlow can't parse it either */
export function readTensorProto(bytes: Uint8Array): Tensor {
  try {
    return decodeTensorProto(bytes);
  } catch (error) {
    if (error instanceof TensorError) throw invalid(`Cannot parse tensor from proto: ${error.message}`);
    throw error;
  }
}
