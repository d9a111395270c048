import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import { allocate, integers, ints, product, type Value } from "../value.ts";
import { stridesOf } from "./strided.ts";

type Item = Uint8Array | number | bigint;
type Group = Map<string | number | bigint, Item>;

const keyOf = (item: Item): string | number | bigint =>
  item instanceof Uint8Array ? Buffer.from(item).toString("latin1") : item;

/** Sets along the last dimension, by row-major position in the dimensions before it. */
interface Sets {
  readonly dims: readonly number[];
  readonly groups: Map<number, Group>;
}

function denseSets(of: Value): Sets {
  const dims = of.shape.slice(0, -1);
  const width = of.shape[of.shape.length - 1]!;
  const data = of.data as ArrayLike<Item>;
  const groups = new Map<number, Group>();
  for (let g = 0; g < product(dims); g++) {
    const group: Group = new Map();
    for (let k = 0; k < width; k++) group.set(keyOf(data[g * width + k]!), data[g * width + k]!);
    groups.set(g, group);
  }
  return { dims, groups };
}

function sparseSets(indices: Value, values: Value, shape: Value): Sets {
  const all = ints(shape);
  const rank = all.length;
  if (rank < 2) throw invalid(`Input rank ${rank} must be >= 2.`);
  const dims = all.slice(0, -1);
  const strides = stridesOf(dims);
  const at = ints(indices);
  const groups = new Map<number, Group>();
  const data = values.data as ArrayLike<Item>;
  for (let r = 0; r < data.length; r++) {
    let cell = 0;
    for (let d = 0; d < rank - 1; d++) cell += at[r * rank + d]! * strides[d]!;
    const group = groups.get(cell) ?? new Map();
    group.set(keyOf(data[r]!), data[r]!);
    groups.set(cell, group);
  }
  return { dims, groups };
}

const EMPTY: Group = new Map();

function combine(a: Group, b: Group, operation: string): Group {
  switch (operation) {
    case "a-b":
      return new Map([...a].filter(([key]) => !b.has(key)));
    case "b-a":
      return new Map([...b].filter(([key]) => !a.has(key)));
    case "intersection":
      return new Map([...a].filter(([key]) => b.has(key)));
    case "union":
      return new Map([...a, ...b]);
    default:
      throw invalid(`Invalid set_operation ${operation}.`);
  }
}

function result(a: Sets, b: Sets, operation: string, dtype: Value["dtype"]): Value[] {
  if (a.dims.length !== b.dims.length || a.dims.some((n, d) => n !== b.dims[d]))
    throw invalid(`Mismatched group shapes [${a.dims.join(",")}] vs [${b.dims.join(",")}]`);
  const cells = [...new Set([...a.groups.keys(), ...b.groups.keys()])].sort((x, y) => x - y);
  const strides = stridesOf(a.dims);
  const indices: number[] = [];
  const items: Item[] = [];
  let widest = 0;
  for (const cell of cells) {
    const made = combine(a.groups.get(cell) ?? EMPTY, b.groups.get(cell) ?? EMPTY, operation);
    widest = Math.max(widest, made.size);
    const sorted = [...made.keys()].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
    for (const [k, key] of sorted.entries()) {
      for (const [d, stride] of strides.entries()) indices.push(Math.floor(cell / stride) % a.dims[d]!);
      indices.push(k);
      items.push(made.get(key)!);
    }
  }
  const rank = a.dims.length + 1;
  const data = allocate(dtype, [items.length]) as unknown as Item[];
  for (const [i, item] of items.entries()) data[i] = item;
  return [
    integers("DT_INT64", [items.length, rank], indices),
    { dtype, shape: [items.length], data: data as unknown as Value["data"] },
    integers("DT_INT64", [rank], [...a.dims, widest]),
  ];
}

const operationOf = (node: KernelNode): string => node.attrs.string("set_operation").toLowerCase();

const setSize: KernelFactory =
  () =>
  ([indices, values, shape]) => {
    const { dims, groups } = sparseSets(indices!, values!, shape!);
    const data = new Int32Array(product(dims));
    for (const [cell, group] of groups) data[cell] = group.size;
    return { dtype: "DT_INT32", shape: dims, data };
  };

/** Set operations along the last dimension. */
export const setKernels: KernelTable = {
  DenseToDenseSetOperation: (node) => {
    const operation = operationOf(node);
    return ([a, b]) => result(denseSets(a!), denseSets(b!), operation, a!.dtype);
  },
  DenseToSparseSetOperation: (node) => {
    const operation = operationOf(node);
    return ([a, indices, values, shape]) =>
      result(denseSets(a!), sparseSets(indices!, values!, shape!), operation, a!.dtype);
  },
  SparseToSparseSetOperation: (node) => {
    const operation = operationOf(node);
    return ([ai, av, as, bi, bv, bs]) =>
      result(sparseSets(ai!, av!, as!), sparseSets(bi!, bv!, bs!), operation, av!.dtype);
  },
  SetSize: setSize,
};
