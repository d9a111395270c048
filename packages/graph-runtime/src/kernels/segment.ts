import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, arithmeticOf, type BigArray, type NumberArray, product, scalarInt } from "../value.ts";
import { tableThroughFloat } from "./half.ts";
import { highest, lowest, REDUCTIONS } from "./reduce.ts";

function segment(name: string, sorted: boolean): KernelFactory {
  return () =>
    ([x, ids, count]) => {
      const at = ids!.data as ArrayLike<number | bigint>;
      const rank = ids!.shape.length;
      if (sorted && product(ids!.shape) !== x!.shape[0])
        throw invalid("segment_ids should be the same size as dimension 0 of input.");
      if (ids!.shape.some((n, d) => n !== x!.shape[d])) {
        throw invalid(
          `data.shape = [${x!.shape.join(",")}] does not start with segment_ids.shape = [${ids!.shape.join(",")}]`,
        );
      }
      const segments = sorted ? (at.length === 0 ? 0 : Number(at[at.length - 1]) + 1) : scalarInt(count!);
      const shape = [segments, ...x!.shape.slice(rank)];
      const inner = product(x!.shape, rank);
      const out = allocate(x!.dtype, shape);
      const big = arithmeticOf(x!.dtype) === "bigint";
      const reduction = REDUCTIONS[name]!;
      const empty =
        name === "Max" ? lowestFinite(x!.dtype) : name === "Min" ? highestFinite(x!.dtype) : reduction.start;
      const start = sorted && name !== "Prod" ? 0 : empty;
      if (big)
        (out as BigArray).fill(
          (name === "Prod" ? 1n : name === "Sum" || sorted ? 0n : reduction.big!.start(x!.dtype)) as never,
        );
      else (out as NumberArray).fill(start);
      const counts = new Float64Array(segments);
      const source = x!.data as NumberArray;
      for (let i = 0; i < at.length; i++) {
        const id = Number(at[i]);
        if (id < 0 && !sorted) continue;
        if (sorted && i > 0 && id < Number(at[i - 1])) throw invalid("segment ids are not increasing");
        if (sorted && (id < 0 || id >= segments)) {
          // TensorFlow compares a segment with the next one before it looks at its number.
          let next = i;
          while (next < at.length && Number(at[next]) === id) next++;
          if (next < at.length && Number(at[next]) < id) throw invalid("segment ids are not increasing");
          throw invalid(
            `Segment id ${id} out of range [0, ${segments}), possibly because 'segment_ids' input is not sorted.`,
          );
        }
        if (id < 0 || id >= segments)
          throw invalid(`segment_ids[${i}] = ${id} is out of range [0, ${segments})`);
        const first = counts[id]!++ === 0;
        for (let k = 0; k < inner; k++) {
          const o = id * inner + k;
          const v = source[i * inner + k]!;
          if (big)
            (out as BigArray)[o] =
              first && sorted ? (v as never) : reduction.big!.step((out as BigArray)[o]!, v as never);
          else (out as NumberArray)[o] = first && sorted ? v : reduction.step((out as NumberArray)[o]!, v);
        }
      }
      if (name === "Mean") {
        for (let s = 0; s < segments; s++) {
          for (let k = 0; k < inner; k++)
            if (counts[s]! > 0) (out as NumberArray)[s * inner + k]! /= counts[s]!;
        }
      }
      return { dtype: x!.dtype, shape, data: out };
    };
}

const lowestFinite = (dtype: DType): number =>
  dtype === "DT_FLOAT" ? -3.4028234663852886e38 : dtype === "DT_DOUBLE" ? -Number.MAX_VALUE : lowest(dtype);

const highestFinite = (dtype: DType): number =>
  dtype === "DT_FLOAT" ? 3.4028234663852886e38 : dtype === "DT_DOUBLE" ? Number.MAX_VALUE : highest(dtype);

export const segmentKernels: KernelTable = tableThroughFloat({
  SegmentSum: segment("Sum", true),
  SegmentMean: segment("Mean", true),
  SegmentMax: segment("Max", true),
  SegmentMin: segment("Min", true),
  SegmentProd: segment("Prod", true),
  UnsortedSegmentSum: segment("Sum", false),
  UnsortedSegmentMax: segment("Max", false),
  UnsortedSegmentMin: segment("Min", false),
  UnsortedSegmentProd: segment("Prod", false),
});
