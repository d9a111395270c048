import type { TensorInfo } from "@servable/model-layout";
import { byteWidth } from "@servable/tensors";

/** Elements of one row: the product of the known dimensions behind the first; unknown ones count 1. */
export function elementsPerRow(info: TensorInfo): number {
  if (info.kind !== "tensor" || info.shape === null) return 0;
  return info.shape.slice(1).reduce((product, size) => product * Math.max(1, size), 1);
}

/** Bytes of one row in tensor_content; 0 for strings, whose length is not known. */
export function bytesPerRow(info: TensorInfo): number {
  return info.dtype === "DT_STRING" ? 0 : elementsPerRow(info) * byteWidth(info.dtype);
}
