import { decodeTensorProto, TensorError } from "@servable/tensors";
import { readShape } from "../../saved-model/signature.ts";
import { LENGTH, VARINT, WireReader } from "../../wire/wire-reader.ts";
import type { Shape } from "./shape.ts";
import type { IntTensor } from "./shape-context.ts";

/** tensor_shape of a TensorProto. @throws WireError */
export function constantShape(tensor: Uint8Array): Shape {
  const reader = new WireReader(tensor);
  let shape: Shape = [];
  while (!reader.done) {
    const tag = reader.tag();
    // What follows are the values, maybe many.
    if (tag >>> 3 > 2) break;
    if (tag === ((2 << 3) | LENGTH)) {
      const outer = reader.enter();
      shape = readShape(reader);
      reader.leave(outer);
    } else reader.skip(tag);
  }
  return shape;
}

const INT32 = 3;
const INT64 = 9;

/** Constants that stand for shapes, axes and the like are small. */
const MOST_BYTES = 8192;
const MOST_ELEMENTS = 1000;

/** The numbers of a small TensorProto of integers, else undefined. */
export function constantInts(tensor: Uint8Array): IntTensor | undefined {
  if (tensor.length > MOST_BYTES) return undefined;
  const dtype = dtypeOfTensor(tensor);
  if (dtype !== INT32 && dtype !== INT64) return undefined;
  try {
    const { shape, data } = decodeTensorProto(tensor, { maxFilledBytes: 8 * MOST_ELEMENTS });
    if (data.length > MOST_ELEMENTS) return undefined;
    return { shape, data: Array.from(data as ArrayLike<number | bigint>, Number) };
  } catch (error) {
    // graph/constants-fill-shapes says what is wrong with it.
    if (error instanceof TensorError) return undefined;
    throw error;
  }
}

function dtypeOfTensor(tensor: Uint8Array): number {
  const reader = new WireReader(tensor);
  let dtype = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | VARINT)) dtype = reader.int32();
    else reader.skip(tag);
  }
  return dtype;
}
