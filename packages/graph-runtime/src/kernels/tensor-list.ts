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
  type VariantItem,
} from "../value.ts";
import { copyRun } from "./gather.ts";
import { concat } from "./join-split.ts";
import { strided, stridesOf } from "./strided.ts";

/** A list of tensors, the element of a variant. Lists are never changed in place. */
export interface TensorList extends VariantItem {
  readonly kind: "variant";
  readonly dtype: DType;
  /** -1 for an unknown size, null for an unknown rank. */
  readonly shape: readonly number[] | null;
  /** undefined: not set yet, which reads as zeros. */
  readonly items: readonly (Value | undefined)[];
}

export function listValue(list: TensorList): Value {
  return { dtype: "DT_VARIANT", shape: [], data: [list] };
}

function listOf(of: Value): TensorList {
  const list = (of.data as readonly VariantItem[])[0] as TensorList | undefined;
  if (of.dtype !== "DT_VARIANT" || !list || !("items" in list))
    throw invalid("Input handle is not a list. Saw: '<unknown>'");
  return list;
}

function shapeFrom(of: Value): readonly number[] | null {
  if (of.shape.length === 0) return null;
  return ints(of);
}

function merged(a: readonly number[] | null, b: readonly number[] | null): readonly number[] | null {
  if (a === null) return b;
  if (b === null || a.length !== b.length) return a;
  return a.map((size, d) => (size < 0 ? b[d]! : size));
}

function checkElement(list: TensorList, item: Value): void {
  if (item.dtype !== list.dtype) {
    throw invalid(
      `Invalid data types; op elements ${dtypeName(item.dtype)} but list elements ${dtypeName(list.dtype)}`,
    );
  }
  const fits =
    list.shape === null ||
    (list.shape.length === item.shape.length &&
      list.shape.every((size, d) => size < 0 || size === item.shape[d]));
  if (!fits) {
    throw invalid(
      `Tried to set a tensor with incompatible shape at a list index. Item element shape: ${shapeText(item.shape)} list shape: ${shapeText(list.shape ?? [])}`,
    );
  }
}

/** Shape of an element that was never set, from whatever is known. */
function elementShape(list: TensorList, given: readonly number[] | null): readonly number[] {
  let shape = merged(list.shape, given);
  for (const item of list.items) if (item) shape = merged(shape, item.shape);
  if (shape === null || shape.some((size) => size < 0)) {
    throw invalid(
      `Trying to read an uninitialized element but element_shape is not fully defined${shape ? `: ${shapeText(shape.map((n) => n))}` : ""}`,
    );
  }
  return shape;
}

function zeros(dtype: DType, shape: readonly number[]): Value {
  return { dtype, shape, data: allocate(dtype, shape) };
}

function itemAt(list: TensorList, index: number, given: readonly number[] | null): Value {
  if (index < 0 || index >= list.items.length) {
    throw invalid(`Trying to access element ${index} in a list with ${list.items.length} elements.`);
  }
  return list.items[index] ?? zeros(list.dtype, elementShape(list, given));
}

const stack: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("element_dtype");
  const wanted = node.attrs.int("num_elements");
  return ([handle, shape]) => {
    const list = listOf(handle!);
    if (list.dtype !== dtype) {
      throw invalid(
        `Invalid data types; op elements ${dtypeName(dtype)} but list elements ${dtypeName(list.dtype)}`,
      );
    }
    if (wanted >= 0 && wanted !== list.items.length) {
      throw invalid(
        `Operation expected a list with ${wanted} elements but got a list with ${list.items.length} elements.`,
      );
    }
    const given = shapeFrom(shape!);
    const inner =
      list.items.length === 0 ? emptyShape(list, given) : (list.items[0]?.shape ?? elementShape(list, given));
    return stackItems(dtype, inner, list.items);
  };
};

function emptyShape(list: TensorList, given: readonly number[] | null): readonly number[] {
  const shape = merged(list.shape, given);
  if (shape === null || shape.some((size) => size < 0)) {
    throw invalid(
      `Tried to stack elements of an empty list with non-fully-defined element_shape: ${shape ? shapeText(shape) : "<unknown>"}`,
    );
  }
  return shape;
}

function stackItems(dtype: DType, inner: readonly number[], items: readonly (Value | undefined)[]): Value {
  const outShape = [items.length, ...inner];
  const data = allocate(dtype, outShape);
  const run = product(inner) * lanesOf(dtype);
  for (const [i, item] of items.entries()) {
    if (!item) continue;
    if (product(item.shape) !== product(inner)) {
      throw invalid(
        `Tried to stack list which only contains uninitialized tensors or tensors of different shapes: ${shapeText(item.shape)} vs. ${shapeText(inner)}`,
      );
    }
    copyRun(data, i * run, item.data, 0, run);
  }
  return { dtype, shape: outShape, data };
}

/** Slices of a tensor along its first dimension. */
function unstacked(of: Value): Value[] {
  const inner = of.shape.slice(1);
  const strides = stridesOf(of.shape);
  return Array.from({ length: of.shape[0] ?? 0 }, (_, i) => {
    const piece = strided(of, [1, ...inner], strides, i * (strides[0] ?? 1));
    return { ...piece, shape: inner };
  });
}

const reserve: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("element_dtype");
  return ([shape, count]) => {
    const n = scalarInt(count!);
    if (n < 0) throw invalid(`The num_elements to reserve must be a non negative number, but got ${n}`);
    countOf([n], "DT_VARIANT");
    return listValue({
      kind: "variant",
      dtype,
      shape: shapeFrom(shape!),
      items: new Array<undefined>(n).fill(undefined),
    });
  };
};

const setItem: KernelFactory =
  (node) =>
  ([handle, index, item]) => {
    const list = listOf(handle!);
    const at = scalarInt(index!);
    const resize =
      node.attrs.has("resize_if_index_out_of_bounds") && node.attrs.bool("resize_if_index_out_of_bounds");
    checkElement(list, item!);
    if (at < 0 || (at >= list.items.length && !resize)) {
      throw invalid(`Trying to modify element ${at} in a list with ${list.items.length} elements.`);
    }
    countOf([at + 1], "DT_VARIANT");
    const items = [...list.items];
    while (items.length <= at) items.push(undefined);
    items[at] = item!;
    return listValue({ ...list, items });
  };

const scatter: KernelFactory =
  (node) =>
  ([tensor, indices, shape, count]) => {
    const at = ints(indices!);
    const n = count ? scalarInt(count) : -1;
    const size = Math.max(n, ...at.map((i) => i + 1), 0);
    countOf([size], "DT_VARIANT");
    const items = new Array<Value | undefined>(size).fill(undefined);
    for (const [i, piece] of unstacked(tensor!).entries()) items[at[i]!] = piece;
    return listValue({
      kind: "variant",
      dtype: node.attrs.dtype("element_dtype"),
      shape: shapeFrom(shape!),
      items,
    });
  };

const concatList: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("element_dtype");
  return ([handle, shape]) => {
    const list = listOf(handle!);
    const given = shape ? shapeFrom(shape) : node.attrs.shape("element_shape");
    const items = list.items.map((item) => item ?? zeros(dtype, elementShape(list, given)));
    if (items.length === 0) {
      const inner = (given ?? list.shape ?? []).slice(1).map((size) => Math.max(0, size));
      return [zeros(dtype, [0, ...inner]), integers("DT_INT64", [0], [])];
    }
    return [
      concat(items, 0),
      integers(
        "DT_INT64",
        [items.length],
        items.map((item) => item.shape[0]!),
      ),
    ];
  };
};

/** Lists of tensors, by which loops collect their results. */
export const tensorListKernels: KernelTable = {
  TensorListReserve: reserve,
  EmptyTensorList: (node) => {
    const dtype = node.attrs.dtype("element_dtype");
    return ([shape]) => listValue({ kind: "variant", dtype, shape: shapeFrom(shape!), items: [] });
  },
  TensorListFromTensor: (node) => {
    const dtype = node.attrs.dtype("element_dtype");
    return ([tensor, shape]) =>
      listValue({ kind: "variant", dtype, shape: shapeFrom(shape!), items: unstacked(tensor!) });
  },
  TensorListStack: stack,
  TensorListGetItem:
    () =>
    ([handle, index, shape]) =>
      itemAt(listOf(handle!), scalarInt(index!), shapeFrom(shape!)),
  TensorListSetItem: setItem,
  TensorListPushBack:
    () =>
    ([handle, item]) => {
      const list = listOf(handle!);
      checkElement(list, item!);
      return listValue({ ...list, items: [...list.items, item!] });
    },
  TensorListPopBack:
    () =>
    ([handle, shape]) => {
      const list = listOf(handle!);
      if (list.items.length === 0) throw invalid("Trying to pop from an empty list.");
      const item = itemAt(list, list.items.length - 1, shapeFrom(shape!));
      return [listValue({ ...list, items: list.items.slice(0, -1) }), item];
    },
  TensorListLength:
    () =>
    ([handle]) =>
      integers("DT_INT32", [], [listOf(handle!).items.length]),
  TensorListElementShape: (node) => {
    const dtype = node.attrs.dtype("shape_type");
    return ([handle]) => {
      const { shape } = listOf(handle!);
      return shape === null ? integers(dtype, [], [-1]) : integers(dtype, [shape.length], shape);
    };
  },
  TensorListResize:
    () =>
    ([handle, size]) => {
      const list = listOf(handle!);
      const n = scalarInt(size!);
      if (n < 0) throw invalid(`TensorListSlice expects size to be non-negative. Got: ${n}`);
      countOf([n], "DT_VARIANT");
      const items = list.items.slice(0, n);
      while (items.length < n) items.push(undefined);
      return listValue({ ...list, items });
    },
  TensorListGather: (node) => {
    const dtype = node.attrs.dtype("element_dtype");
    return ([handle, indices, shape]) => {
      const list = listOf(handle!);
      const given = shapeFrom(shape!);
      const items = ints(indices!).map((i) => itemAt(list, i, given));
      const inner = items[0]?.shape ?? emptyShape(list, given);
      return stackItems(dtype, inner, items);
    };
  },
  TensorListScatter: scatter,
  TensorListScatterV2: scatter,
  TensorListScatterIntoExistingList:
    () =>
    ([handle, tensor, indices]) => {
      const list = listOf(handle!);
      const items = [...list.items];
      const pieces = unstacked(tensor!);
      for (const [i, at] of ints(indices!).entries()) {
        countOf([at + 1], "DT_VARIANT");
        while (items.length <= at) items.push(undefined);
        items[at] = pieces[i];
      }
      return listValue({ ...list, items });
    },
  TensorListConcat: concatList,
  TensorListConcatV2: concatList,
  TensorListConcatLists: () => (inputs) => {
    const [a, b] = [listOf(inputs[0]!), listOf(inputs[1]!)];
    return listValue({ ...a, items: [...a.items, ...b.items] });
  },
  TensorListSplit:
    (node) =>
    ([tensor, shape, lengths]) => {
      const strides = stridesOf(tensor!.shape);
      let from = 0;
      const items = ints(lengths!).map((n) => {
        const piece = strided(tensor!, [n, ...tensor!.shape.slice(1)], strides, from * strides[0]!);
        from += n;
        return piece;
      });
      return listValue({
        kind: "variant",
        dtype: node.attrs.dtype("element_dtype"),
        shape: shapeFrom(shape!),
        items,
      });
    },
};
