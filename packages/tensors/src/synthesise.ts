import { DTYPE_FACTS, type DType } from "./dtype.ts";
import { allocate, elementCount } from "./storage.ts";
import type { PartialShape, Tensor } from "./tensor.ts";
import { TensorError } from "./tensor-error.ts";
import { isFloating, setNumber } from "./tensor-json.ts";

export interface SynthesiseOptions {
  /** Size of the first dimension where it is unknown: the batch. Default 1. */
  readonly batch?: number;
  /** Size of other unknown dimensions. Default 1. */
  readonly unknown?: number;
  /** Shape to take when the rank is unknown. Default [batch]. */
  readonly unknownRank?: readonly number[];
  /** Shifts the values, so that two tensors may differ. Default 0. */
  readonly seed?: number;
  /** Every element of a string tensor. Default short ASCII words. */
  readonly text?: Uint8Array;
  /** Most elements to make. Default 2^26. */
  readonly maxElements?: number;
}

/** A partial shape with its unknown parts filled in. */
export function concreteShape(shape: PartialShape, options: SynthesiseOptions = {}): number[] {
  const batch = options.batch ?? 1;
  if (shape === null) return [...(options.unknownRank ?? [batch])];
  return shape.map((size, index) => (size >= 0 ? size : index === 0 ? batch : (options.unknown ?? 1)));
}

/**
 * A tensor with deterministic, harmless values for a signature's input: floats spread over (0, 1), integers 0, 1 and 2
 * (so that a lookup in a small vocabulary stays in range), alternating booleans, short words.
 * @throws TensorError for dtypes without elements or for shapes beyond `maxElements`.
 */
export function synthesise(dtype: DType, shape: PartialShape, options: SynthesiseOptions = {}): Tensor {
  const concrete = concreteShape(shape, options);
  const count = elementCount(concrete);
  const most = options.maxElements ?? 2 ** 26;
  if (count > most) {
    throw new TensorError(
      "too-large",
      `shape [${concrete.join(",")}] has ${count} elements, more than the ${most} that are made up`,
    );
  }
  const { kind, lanes } = DTYPE_FACTS[dtype];
  const tensor: Tensor = { dtype, shape: concrete, data: allocate(dtype, count) };
  const seed = options.seed ?? 0;
  if (kind === "bytes") {
    const words = tensor.data as Uint8Array[];
    const encoder = new TextEncoder();
    for (let index = 0; index < count; index++)
      words[index] = options.text ?? encoder.encode(`text ${(index + seed) % 10}`);
    return tensor;
  }
  const entries = count * lanes;
  if (isFloating(dtype) || lanes === 2) {
    // steps of 1/64, exact in half and bfloat16 too; no 0, which logarithms and divisions do not like
    for (let index = 0; index < entries; index++)
      setNumber(tensor, index, (((index * 37 + seed * 11) % 63) + 1) / 64);
  } else if (dtype === "DT_BOOL") {
    for (let index = 0; index < entries; index++) setNumber(tensor, index, (index + seed) % 2);
  } else {
    for (let index = 0; index < entries; index++) setNumber(tensor, index, (index + seed) % 3);
  }
  return tensor;
}
