import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, ints, type NumberArray, product, scalarInt, storage, type Value } from "../value.ts";
import { tableThroughFloat } from "./half.ts";

function argExtreme(name: string): KernelFactory {
  const max = name === "ArgMax";
  return (node) => {
    const dtype = node.attrs.dtype("output_type");
    return ([x, axisGiven]) => {
      const rank = x!.shape.length;
      const given = scalarInt(axisGiven!);
      if (given < -rank || given >= rank)
        throw invalid(`Expected dimension in the range [${-rank}, ${rank}), but got ${given}`);
      const axis = given < 0 ? given + rank : given;
      const n = x!.shape[axis]!;
      if (n === 0) throw invalid(`Reduction axis ${axis} is empty in shape [${x!.shape.join(",")}]`);
      const shape = x!.shape.filter((_, d) => d !== axis);
      const out = allocate(dtype, shape);
      const inner = product(x!.shape, axis + 1);
      const outer = product(x!.shape, 0, axis);
      const source = x!.data as ArrayLike<number>;
      const big = out instanceof BigInt64Array;
      for (let o = 0, at = 0; o < outer; o++) {
        for (let k = 0; k < inner; k++, at++) {
          const base = o * n * inner + k;
          let best = source[base]!;
          let where = 0;
          for (let i = 1; i < n; i++) {
            const v = source[base + i * inner]!;
            if (max ? v > best : v < best) {
              best = v;
              where = i;
            }
          }
          if (big) (out as BigInt64Array)[at] = BigInt(where);
          else (out as Int32Array)[at] = where;
        }
      }
      return { dtype, shape, data: out };
    };
  };
}

function topK(x: Value, k: number, indexDtype: DType): Value[] {
  const rank = x.shape.length;
  if (rank < 1) throw invalid(`input must be >= 1-D, got shape []`);
  const n = x.shape[rank - 1]!;
  if (k < 0) throw invalid(`Need k >= 0, got ${k}`);
  if (n < k) throw invalid(`input must have at least k columns. Had ${n}, needed ${k}`);
  const rows = product(x.shape, 0, rank - 1);
  const shape = [...x.shape.slice(0, -1), k];
  const values = allocate(x.dtype, shape) as NumberArray;
  const indices = storage(indexDtype, rows * k);
  const source = x.data as NumberArray;
  for (let r = 0; r < rows; r++) {
    const base = r * n;
    const order = Array.from({ length: n }, (_, i) => i);
    order.sort((a, b) => {
      const x1 = source[base + a]!;
      const x2 = source[base + b]!;
      return x1 > x2 ? -1 : x1 < x2 ? 1 : a - b;
    });
    for (let i = 0; i < k; i++) {
      values[r * k + i] = source[base + order[i]!]!;
      if (indices instanceof BigInt64Array) indices[r * k + i] = BigInt(order[i]!);
      else (indices as Int32Array)[r * k + i] = order[i]!;
    }
  }
  return [
    { dtype: x.dtype, shape, data: values },
    { dtype: indexDtype, shape, data: indices },
  ];
}

export const rankKernels: KernelTable = tableThroughFloat({
  ArgMax: argExtreme("ArgMax"),
  ArgMin: argExtreme("ArgMin"),
  TopKV2: (node) => {
    const dtype = node.attrs.dtype("index_type");
    return ([x, k]) => topK(x!, scalarInt(k!), dtype);
  },
  TopK: (node) => {
    const k = node.attrs.int("k");
    return ([x]) => topK(x!, k, "DT_INT32");
  },
  InTopKV2:
    () =>
    ([predictions, targets, k]) => {
      const rows = predictions!.shape[0]!;
      const n = predictions!.shape[1]!;
      const data = new Uint8Array(rows);
      const source = predictions!.data as Float32Array;
      const wanted = ints(targets!);
      for (let r = 0; r < rows; r++) {
        const target = wanted[r]!;
        if (target < 0 || target >= n) continue;
        const own = source[r * n + target]!;
        let above = 0;
        let finite = Number.isFinite(own);
        for (let i = 0; i < n; i++) {
          const v = source[r * n + i]!;
          if (!Number.isFinite(v)) finite = false;
          else if (v > own) above++;
        }
        data[r] = finite && above < scalarInt(k!) ? 1 : 0;
      }
      return { dtype: "DT_BOOL", shape: [rows], data };
    },
});
