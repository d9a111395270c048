import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, integers, ints, product, type Value, type VariantItem } from "../value.ts";
import { concat } from "./join-split.ts";
import { take } from "./rearrange.ts";

/** A ragged tensor inside a variant. */
interface RaggedVariant extends VariantItem {
  readonly splits: readonly (readonly number[])[];
  readonly values: Value;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

const toVariant: KernelFactory = (node) => {
  const rank = node.attrs.int("RAGGED_RANK");
  const batched = node.attrs.bool("batched_input");
  return (inputs) => {
    const splits = inputs.slice(0, rank).map(ints);
    const values = inputs[rank]!;
    if (!batched) {
      return {
        dtype: "DT_VARIANT",
        shape: [],
        data: [{ kind: "variant", splits, values } as RaggedVariant],
      };
    }
    const rows = rank > 0 ? splits[0]!.length - 1 : values.shape[0]!;
    const data = range(0, rows).map((row): RaggedVariant => {
      if (rank === 0) {
        const item = take(values, 0, [row]);
        return { kind: "variant", splits: [], values: { ...item, shape: item.shape.slice(1) } };
      }
      let from = splits[0]![row]!;
      let to = splits[0]![row + 1]!;
      const inner: number[][] = [];
      for (const at of splits.slice(1)) {
        const part = at.slice(from, to + 1);
        inner.push(part.map((v) => v - part[0]!));
        from = at[from]!;
        to = at[to]!;
      }
      return { kind: "variant", splits: inner, values: take(values, 0, range(from, to)) };
    });
    return { dtype: "DT_VARIANT", shape: [rows], data };
  };
};

const fromVariant: KernelFactory = (node) => {
  const outputRank = node.attrs.int("output_ragged_rank");
  const given = node.attrs.int("input_ragged_rank");
  const splitType = node.attrs.dtype("Tsplits");
  const valueType = node.attrs.dtype("Tvalues");
  return ([encoded]) => {
    const dims = encoded!.shape;
    const inputRank = given < 0 ? outputRank - dims.length : given;
    const items = encoded!.data as readonly RaggedVariant[];
    for (const item of items) {
      if (!("splits" in item) || item.splits.length !== inputRank) {
        throw invalid(
          `Encoded input RaggedTensorVariant has ragged_rank=${item.splits?.length}.  Expected ragged_rank=${inputRank}.`,
        );
      }
    }
    const asSplits = (at: readonly number[]): Value => integers(splitType, [at.length], at);
    if (dims.length === 0) {
      const only = items[0]!;
      return [...only.splits.map(asSplits), only.values];
    }
    const outer: Value[] = [];
    for (let d = 1; d < dims.length; d++) {
      const rows = product(dims, 0, d);
      outer.push(asSplits(range(0, rows + 1).map((i) => i * dims[d]!)));
    }
    const sums = (lengths: readonly number[]): number[] => {
      const at = [0];
      for (const n of lengths) at.push(at[at.length - 1]! + n);
      return at;
    };
    if (inputRank > 0 || items.every(({ values }) => values.shape.length > 0)) {
      outer.push(
        asSplits(
          sums(items.map(({ splits, values }) => (inputRank > 0 ? splits[0]!.length - 1 : values.shape[0]!))),
        ),
      );
    }
    for (let level = 0; level < inputRank; level++) {
      const joined = [0];
      for (const { splits } of items) {
        const base = joined[joined.length - 1]!;
        for (const v of splits[level]!.slice(1)) joined.push(base + v);
      }
      outer.push(asSplits(joined));
    }
    const first = items[0];
    const values: Value = first
      ? first.values.shape.length === 0
        ? stacked(items)
        : concat(
            items.map((item) => item.values),
            0,
          )
      : { dtype: valueType, shape: [0], data: allocate(valueType, [0]) };
    return [...outer.slice(0, outputRank), values];
  };
};

function stacked(items: readonly RaggedVariant[]): Value {
  return concat(
    items.map(({ values }) => ({ ...values, shape: [1, ...values.shape] })),
    0,
  );
}

/** Ragged tensors as elements of variants, as loops over their rows carry them. */
export const raggedVariantKernels: KernelTable = {
  RaggedTensorToVariant: toVariant,
  RaggedTensorFromVariant: fromVariant,
};
