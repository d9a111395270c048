import { invalid } from "../graph-error.ts";
import { allocate, lanesOf, product, type Value } from "../value.ts";
import { eachStrided } from "./broadcast.ts";
import { copyRun } from "./gather.ts";

/** The axis counted from the front. @throws GraphError if there is no such axis */
export function axisOf(axis: number, rank: number, what = "axis"): number {
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) throw invalid(`${what} ${axis} is out of bounds for a tensor of rank ${rank}`);
  return at;
}

export function withShape(of: Value, shape: readonly number[]): Value {
  return { dtype: of.dtype, shape, data: of.data };
}

/** Copies elements so that `out[index] = source[start + index · strides]`. */
export function strided(of: Value, shape: readonly number[], strides: readonly number[], start = 0): Value {
  const data = allocate(of.dtype, shape);
  const lanes = lanesOf(of.dtype);
  const rank = shape.length;
  if (product(shape) === 0) return { dtype: of.dtype, shape, data };
  if (lanes === 1 && rank > 0 && strides[rank - 1] === 1) {
    // Whole runs along the last dimension; neighbouring dimensions that lie together are one run.
    let run = shape[rank - 1]!;
    let last = rank - 1;
    while (last > 0 && strides[last - 1] === run) {
      last--;
      run *= shape[last]!;
    }
    if (run > 1) {
      eachStrided(
        shape.slice(0, last),
        strides.slice(0, last),
        (out, source) => copyRun(data, out * run, of.data, source, run),
        start,
      );
      return { dtype: of.dtype, shape, data };
    }
  }
  if (data instanceof Float32Array && lanes === 1) {
    const source = of.data as Float32Array;
    eachStrided(
      shape,
      strides,
      (o, s) => {
        data[o] = source[s]!;
      },
      start,
    );
  } else {
    const source = of.data as unknown as number[];
    const out = data as unknown as number[];
    if (lanes === 1) {
      eachStrided(
        shape,
        strides,
        (o, s) => {
          out[o] = source[s]!;
        },
        start,
      );
    } else {
      eachStrided(
        shape,
        strides,
        (o, s) => {
          out[2 * o] = source[2 * s]!;
          out[2 * o + 1] = source[2 * s + 1]!;
        },
        start,
      );
    }
  }
  return { dtype: of.dtype, shape, data };
}

export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

export function transpose(of: Value, perm: readonly number[]): Value {
  const rank = of.shape.length;
  if (perm.length !== rank)
    throw invalid(
      `transpose expects a vector of size ${rank}. But input(1) is a vector of size ${perm.length}`,
    );
  const seen = new Set(perm.map((axis) => axisOf(axis, rank, "dim")));
  if (seen.size !== rank)
    throw invalid(`${perm.find((axis, i) => perm.indexOf(axis) !== i)} is duplicated in permutation`);
  const axes = perm.map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes.every((axis, i) => axis === i)) return of;
  const strides = stridesOf(of.shape);
  const shape = axes.map((axis) => of.shape[axis]!);
  const moving = axes.filter((axis) => of.shape[axis]! > 1);
  if (moving.every((axis, i) => i === 0 || moving[i - 1]! < axis)) return withShape(of, shape);
  return strided(
    of,
    shape,
    axes.map((axis) => strides[axis]!),
  );
}
