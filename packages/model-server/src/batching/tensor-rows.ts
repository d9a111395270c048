import {
  allocate,
  DTYPE_FACTS,
  elementCount,
  isStringData,
  type Tensor,
  type TensorData,
} from "@servable/tensors";
import { invalidArgument, StatusError } from "../status.ts";

/** Array entries that one row (one step of dimension 0) takes. */
function rowEntries(tensor: Tensor): number {
  return elementCount(tensor.shape.slice(1)) * DTYPE_FACTS[tensor.dtype].lanes;
}

function put(
  target: TensorData | Uint8Array[],
  source: TensorData,
  from: number,
  to: number,
  at: number,
): void {
  if (isStringData(source)) {
    for (let i = from; i < to; i++) (target as Uint8Array[])[at + i - from] = source[i] ?? new Uint8Array(0);
  } else {
    (target as Float32Array).set(source.subarray(from, to) as Float32Array, at);
  }
}

function blank(tensor: Tensor, elements: number): TensorData {
  return isStringData(tensor.data) ? new Array<Uint8Array>(elements) : allocate(tensor.dtype, elements);
}

/** Rows `from` up to `to` of dimension 0. */
export function sliceRows(tensor: Tensor, from: number, to: number): Tensor {
  const width = rowEntries(tensor);
  const { data, dtype, shape } = tensor;
  const sliced = isStringData(data)
    ? data.slice(from * width, to * width)
    : data.slice(from * width, to * width);
  return { dtype, shape: [to - from, ...shape.slice(1)], data: sliced };
}

/** Tensors of one dtype and one row shape, one after the other. */
export function concatRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new Error("nothing to concatenate");
  if (tensors.length === 1) return first;
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const shape = [rows, ...first.shape.slice(1)];
  const data = blank(first, elementCount(shape));
  let at = 0;
  for (const tensor of tensors) {
    const entries = (tensor.shape[0] ?? 0) * rowEntries(tensor);
    put(data, tensor.data, 0, entries, at);
    at += entries;
  }
  return { dtype: first.dtype, shape, data };
}

/** Row 0 of a tensor, so many times. */
export function repeatFirstRow(tensor: Tensor, count: number): Tensor {
  const row = sliceRows(tensor, 0, 1);
  return concatRows(Array.from({ length: count }, () => row));
}

/**
 * The tensor extended at the end of each dimension but the first, with its own first element.
 * @throws StatusError for what the server can't pad
 */
export function padRows(tensor: Tensor, dims: readonly number[]): Tensor {
  const { dtype, shape } = tensor;
  if (shape.slice(1).every((size, index) => size === dims[index])) return tensor;
  if (shape.length < 1 || shape.length > 6) {
    throw invalidArgument("Only tensors with rank from 1 to 6 can be padded.");
  }
  if (elementCount(shape) === 0) {
    throw new StatusError("INVALID_ARGUMENT", "Got empty tensor in batch of non-empty tensors.");
  }
  const { lanes } = DTYPE_FACTS[dtype];
  const target = [shape[0] ?? 0, ...dims];
  const count = elementCount(target);
  const data = blank(tensor, count);
  for (let i = 0; i < count; i++) put(data, tensor.data, 0, lanes, i * lanes);
  // Copy the innermost runs; the index of each run counts through the outer dimensions.
  const run = shape[shape.length - 1] ?? 1;
  const outer = shape.slice(0, -1);
  const runs = elementCount(outer);
  const index = outer.map(() => 0);
  for (let r = 0; r < runs; r++) {
    let at = 0;
    for (let d = 0; d < target.length - 1; d++) at = (at + (index[d] ?? 0)) * (target[d + 1] ?? 1);
    put(data, tensor.data, r * run * lanes, (r + 1) * run * lanes, at * lanes);
    for (let d = outer.length - 1; d >= 0; d--) {
      const step = (index[d] ?? 0) + 1;
      index[d] = step === outer[d] ? 0 : step;
      if (step !== outer[d]) break;
    }
  }
  return { dtype, shape: target, data };
}
