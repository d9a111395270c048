import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  countOf,
  dtypeName,
  integers,
  ints,
  lanesOf,
  product,
  scalarInt,
  shapeText,
  type Value,
} from "../value.ts";
import { copyRun } from "./gather.ts";
import { concat } from "./join-split.ts";
import { strided, stridesOf } from "./strided.ts";
import { handleOf, handleValue } from "./variables.ts";

/** TensorFlow 1's array of tensors: written once a place, in the order that the flow values give. */
interface TensorArray {
  readonly dtype: DType;
  readonly dynamic: boolean;
  readonly shape: readonly number[] | null;
  readonly items: (Value | undefined)[];
}

const FLOW: Value = { dtype: "DT_FLOAT", shape: [], data: new Float32Array(1) };

function arrayOf(handle: Value): TensorArray {
  const { object } = handleOf(handle);
  if (!object || !("items" in (object as object))) throw invalid("expected the handle of a TensorArray");
  return object as TensorArray;
}

function write(array: TensorArray, index: number, item: Value): void {
  if (item.dtype !== array.dtype) {
    throw invalid(
      `TensorArray dtype is ${dtypeName(array.dtype)} but Op is trying to write dtype ${dtypeName(item.dtype)}.`,
    );
  }
  if (index < 0 || (index >= array.items.length && !array.dynamic)) {
    throw invalid(
      `Tried to write to index ${index} but array is not resizeable and size is: ${array.items.length}`,
    );
  }
  countOf([index + 1], "DT_VARIANT");
  while (array.items.length <= index) array.items.push(undefined);
  array.items[index] = item;
}

function read(array: TensorArray, index: number): Value {
  if (index < 0 || index >= array.items.length) {
    throw invalid(`Tried to read from index ${index} but array size is: ${array.items.length}`);
  }
  const item = array.items[index];
  if (item) return item;
  const { shape } = array;
  if (!shape || shape.some((n) => n < 0)) {
    throw invalid(`Could not read index ${index} because it has not been written to.`);
  }
  return { dtype: array.dtype, shape, data: allocate(array.dtype, shape) };
}

function stack(array: TensorArray, indices: readonly number[], given: readonly number[] | null): Value {
  const items = indices.map((index) => read(array, index));
  const inner = items[0]?.shape ?? (given ?? array.shape ?? []).map((n) => Math.max(0, n));
  const shape = [items.length, ...inner];
  const data = allocate(array.dtype, shape);
  const run = product(inner) * lanesOf(array.dtype);
  for (const [i, item] of items.entries()) {
    if (product(item.shape) !== product(inner)) {
      throw invalid(
        `TensorArray has inconsistent shapes.  Index 0 has shape: ${shapeText(inner)} but index ${i} has shape: ${shapeText(item.shape)}`,
      );
    }
    copyRun(data, i * run, item.data, 0, run);
  }
  return { dtype: array.dtype, shape, data };
}

function pieces(value: Value): Value[] {
  const strides = stridesOf(value.shape);
  const inner = value.shape.slice(1);
  return Array.from({ length: value.shape[0] ?? 0 }, (_, i) => ({
    ...strided(value, [1, ...inner], strides, i * strides[0]!),
    shape: inner,
  }));
}

const create: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("dtype");
  const dynamic = node.attrs.bool("dynamic_size");
  const shape = node.attrs.shape("element_shape");
  return ([size]) => {
    const n = scalarInt(size!);
    if (n < 0) throw invalid(`Size should be >= 0. Got: ${n}`);
    countOf([n], "DT_VARIANT");
    const array: TensorArray = { dtype, dynamic, shape, items: new Array<undefined>(n).fill(undefined) };
    return [handleValue("", node.name, array), FLOW];
  };
};

/** TensorArray ops, as loops of TensorFlow 1 use them. */
export const tensorArrayKernels: KernelTable = {
  TensorArrayV3: create,
  TensorArrayWriteV3:
    () =>
    ([handle, index, item, flow]) => {
      write(arrayOf(handle!), scalarInt(index!), item!);
      return flow!;
    },
  TensorArrayReadV3:
    () =>
    ([handle, index]) =>
      read(arrayOf(handle!), scalarInt(index!)),
  TensorArrayGatherV3: (node) => {
    const shape = node.attrs.shape("element_shape");
    return ([handle, indices]) => stack(arrayOf(handle!), ints(indices!), shape);
  },
  TensorArrayScatterV3:
    () =>
    ([handle, indices, value, flow]) => {
      const array = arrayOf(handle!);
      const parts = pieces(value!);
      for (const [i, index] of ints(indices!).entries()) write(array, index, parts[i]!);
      return flow!;
    },
  TensorArraySizeV3:
    () =>
    ([handle]) =>
      integers("DT_INT32", [], [arrayOf(handle!).items.length]),
  TensorArrayConcatV3:
    () =>
    ([handle]) => {
      const array = arrayOf(handle!);
      const items = array.items.map((_, i) => read(array, i));
      return [
        items.length === 0
          ? { dtype: array.dtype, shape: [0], data: allocate(array.dtype, [0]) }
          : concat(items, 0),
        integers(
          "DT_INT64",
          [items.length],
          items.map((item) => item.shape[0]!),
        ),
      ];
    },
  TensorArraySplitV3:
    () =>
    ([handle, value, lengths, flow]) => {
      const array = arrayOf(handle!);
      const strides = stridesOf(value!.shape);
      let from = 0;
      for (const [i, n] of ints(lengths!).entries()) {
        write(array, i, strided(value!, [n, ...value!.shape.slice(1)], strides, from * strides[0]!));
        from += n;
      }
      return flow!;
    },
  TensorArrayCloseV3: () => () => [],
};
