import { invalid } from "../graph-error.ts";
import type { KernelTable } from "../kernel.ts";
import { allocate, product, shapeText, type Value } from "../value.ts";
import { broadcastShape, broadcastStrides, eachStrided } from "./broadcast.ts";
import { copyRun } from "./gather.ts";

function expand(of: Value, shape: readonly number[]): ArrayLike<unknown> {
  if (of.shape.length === shape.length && of.shape.every((n, d) => n === shape[d]))
    return of.data as ArrayLike<unknown>;
  const out = Array.isArray(of.data) ? new Array<unknown>(product(shape)) : allocate(of.dtype, shape);
  const target = out as unknown[];
  const source = of.data as ArrayLike<unknown>;
  eachStrided(shape, broadcastStrides(of.shape, shape), (o, s) => {
    target[o] = source[s];
  });
  return target;
}

/** Elements of `x` where `condition` holds, else of `y`; all three are broadcast. */
export function selectV2(condition: Value, x: Value, y: Value): Value {
  const shape = broadcastShape(broadcastShape(condition.shape, x.shape), y.shape);
  const data = allocate(x.dtype, shape) as unknown as unknown[];
  const c = expand(condition, shape) as ArrayLike<number>;
  const a = expand(x, shape);
  const b = expand(y, shape);
  const n = product(shape);
  for (let i = 0; i < n; i++) data[i] = c[i] ? a[i] : b[i];
  return { dtype: x.dtype, shape, data: data as unknown as Value["data"] };
}

function select(condition: Value, x: Value, y: Value): Value {
  if (x.shape.length !== y.shape.length || x.shape.some((n, d) => n !== y.shape[d])) {
    throw invalid(
      `'then' and 'else' must have the same size.  but received: ${shapeText(x.shape)} vs. ${shapeText(y.shape)}`,
    );
  }
  if (condition.shape.length === 0) return (condition.data as Uint8Array)[0] ? x : y;
  if (condition.shape.length === 1 && x.shape.length !== 1) {
    // A vector picks whole rows.
    if (condition.shape[0] !== x.shape[0]) {
      throw invalid(
        `Number of batches of 'then' must match size of 'cond', but saw: ${x.shape[0]} vs. ${condition.shape[0]}`,
      );
    }
    const data = allocate(x.dtype, x.shape);
    const row = product(x.shape, 1);
    const flags = condition.data as Uint8Array;
    for (let i = 0; i < flags.length; i++) copyRun(data, i * row, (flags[i] ? x : y).data, i * row, row);
    return { dtype: x.dtype, shape: x.shape, data };
  }
  if (product(condition.shape) !== product(x.shape)) {
    throw invalid(
      `'cond' must be a scalar or have the shape of 'then': ${shapeText(condition.shape)} vs. ${shapeText(x.shape)}`,
    );
  }
  return selectV2(condition, x, y);
}

function where(of: Value): Value {
  const data = of.data as ArrayLike<number | bigint>;
  const hits: number[] = [];
  const count = product(of.shape);
  for (let i = 0; i < count; i++) if (data[i]) hits.push(i);
  const rank = of.shape.length;
  const out = new BigInt64Array(hits.length * rank);
  for (const [row, hit] of hits.entries()) {
    for (let d = rank - 1, rest = hit; d >= 0; d--) {
      out[row * rank + d] = BigInt(rest % of.shape[d]!);
      rest = Math.floor(rest / of.shape[d]!);
    }
  }
  return { dtype: "DT_INT64", shape: [hits.length, rank], data: out };
}

/** Choice by a condition. */
export const selectKernels: KernelTable = {
  Select:
    () =>
    ([c, x, y]) =>
      select(c!, x!, y!),
  SelectV2:
    () =>
    ([c, x, y]) =>
      selectV2(c!, x!, y!),
  Where:
    () =>
    ([x]) =>
      where(x!),
};
