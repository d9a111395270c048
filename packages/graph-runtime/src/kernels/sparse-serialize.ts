import { decodeTensorProto, encodeTensorProto, TensorError } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  asTensor,
  integers,
  ints,
  lanesOf,
  product,
  shapeText,
  type Value,
  type VariantItem,
} from "../value.ts";
import { copyRun } from "./gather.ts";
import { take } from "./rearrange.ts";
import { stridesOf } from "./strided.ts";

/** A tensor inside a variant. */
interface TensorVariant extends VariantItem {
  readonly tensor: Value;
}

function pack(of: Value, variant: boolean): Uint8Array | TensorVariant {
  return variant ? { kind: "variant", tensor: of } : encodeTensorProto(asTensor(of, "serialized"));
}

function unpack(item: unknown): Value {
  if (!(item instanceof Uint8Array)) return (item as TensorVariant).tensor;
  try {
    return decodeTensorProto(item);
  } catch (error) {
    if (error instanceof TensorError) throw invalid("Could not parse serialized proto");
    throw error;
  }
}

const serializeSparse: KernelFactory = (node) => {
  const variant = node.attrs.dtype("out_type") === "DT_VARIANT";
  return (parts) => ({
    dtype: variant ? "DT_VARIANT" : "DT_STRING",
    shape: [3],
    data: parts.map((part) => pack(part, variant)) as Value["data"],
  });
};

const serializeMany: KernelFactory = (node) => {
  const variant = node.attrs.dtype("out_type") === "DT_VARIANT";
  return ([indices, values, shape]) => {
    const dims = ints(shape!);
    const at = ints(indices!);
    const rank = dims.length;
    if (rank < 2) throw invalid(`Rank of input SparseTensor should be > 1, but saw rank: ${rank}`);
    const members: number[][] = Array.from({ length: dims[0]! }, () => []);
    for (let r = 0; r < indices!.shape[0]!; r++) members[at[r * rank]!]!.push(r);
    const inner = integers("DT_INT64", [rank - 1], dims.slice(1));
    const data = members.flatMap((rows) => [
      pack(
        integers(
          "DT_INT64",
          [rows.length, rank - 1],
          rows.flatMap((r) => at.slice(r * rank + 1, (r + 1) * rank)),
        ),
        variant,
      ),
      pack(take(values!, 0, rows), variant),
      pack(inner, variant),
    ]);
    return {
      dtype: variant ? "DT_VARIANT" : "DT_STRING",
      shape: [dims[0]!, 3],
      data: data as Value["data"],
    };
  };
};

function deserialize(serialized: Value, dtype: Value["dtype"]): Value[] {
  const outer = serialized.shape.slice(0, -1);
  if (serialized.shape[serialized.shape.length - 1] !== 3) {
    throw invalid(`Serialized sparse should have 3 as the last dimension ${shapeText(serialized.shape)}`);
  }
  const items = serialized.data as readonly unknown[];
  const count = product(outer);
  const outerStrides = stridesOf(outer);
  let inner: number[] | undefined;
  const indices: number[] = [];
  const parts: Value[] = [];
  for (let i = 0; i < count; i++) {
    const [at, values, shape] = [0, 1, 2].map((k) => unpack(items[3 * i + k])) as [Value, Value, Value];
    if (values.dtype !== dtype)
      throw invalid("Requested SparseTensor of another type than the serialized one");
    const dims = ints(shape);
    inner = inner ? inner.map((n, d) => Math.max(n, dims[d]!)) : dims;
    const prefix = outer.map((n, d) => Math.floor(i / outerStrides[d]!) % n);
    const flat = ints(at);
    for (let r = 0; r < at.shape[0]!; r++)
      indices.push(...prefix, ...flat.slice(r * dims.length, (r + 1) * dims.length));
    parts.push(values);
  }
  const total = parts.reduce((n, part) => n + product(part.shape), 0);
  const data = allocate(dtype, [total]);
  let at = 0;
  for (const part of parts) {
    copyRun(data, at, part.data, 0, product(part.shape) * lanesOf(dtype));
    at += product(part.shape) * lanesOf(dtype);
  }
  const shape = [...outer, ...(inner ?? [])];
  return [
    integers("DT_INT64", [total, shape.length], indices),
    { dtype, shape: [total], data },
    integers("DT_INT64", [shape.length], shape),
  ];
}

export const sparseSerializeKernels: KernelTable = {
  SerializeSparse: serializeSparse,
  SerializeManySparse: serializeMany,
  DeserializeSparse: (node) => {
    const dtype = node.attrs.dtype("dtype");
    return ([serialized]) => deserialize(serialized!, dtype);
  },
  DeserializeManySparse: (node) => {
    const dtype = node.attrs.dtype("dtype");
    return ([serialized]) => deserialize(serialized!, dtype);
  },
};
