import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  integers,
  ints,
  lanesOf,
  type NumberArray,
  product,
  scalarInt,
  shapeText,
  type Value,
} from "../value.ts";
import { broadcastShape, broadcastStrides, eachStrided } from "./broadcast.ts";
import { copyRun } from "./gather.ts";

/** The axis counted from the front. @throws GraphError if there is no such axis */
export function axisOf(axis: number, rank: number, what = "axis"): number {
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) throw invalid(`${what} ${axis} is out of bounds for a tensor of rank ${rank}`);
  return at;
}

function withShape(of: Value, shape: readonly number[]): Value {
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

export function reshape(of: Value, wanted: readonly number[]): Value {
  const count = product(of.shape);
  let known = 1;
  let unknown = -1;
  for (const [i, size] of wanted.entries()) {
    if (size === -1) {
      if (unknown >= 0) throw invalid(`Only one input size may be -1, not both ${unknown} and ${i}`);
      unknown = i;
    } else {
      if (size < 0) throw invalid(`Size ${i} must be non-negative, not ${size}`);
      known *= size;
    }
  }
  const shape = [...wanted];
  if (unknown >= 0) {
    if (known === 0) {
      if (count !== 0)
        throw invalid(
          `reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are non-zero`,
        );
      shape[unknown] = 0;
    } else {
      if (count % known !== 0) {
        throw invalid(
          `Input to reshape is a tensor with ${count} values, but the requested shape requires a multiple of ${known}`,
        );
      }
      shape[unknown] = count / known;
    }
  } else if (known !== count) {
    throw invalid(`Input to reshape is a tensor with ${count} values, but the requested shape has ${known}`);
  }
  return withShape(of, shape);
}

export function concat(inputs: readonly Value[], axisGiven: number): Value {
  const first = inputs[0]!;
  const rank = first.shape.length;
  if (rank === 0)
    throw invalid("ConcatOp : Expected concatenating dimensions in the range [0, 0), but got 0");
  const axis = axisGiven < 0 ? axisGiven + rank : axisGiven;
  if (axis < 0 || axis >= rank) {
    throw invalid(
      `ConcatOp : Expected concatenating dimensions in the range [${-rank}, ${rank}), but got ${axisGiven}`,
    );
  }
  let total = 0;
  for (const [i, input] of inputs.entries()) {
    if (input.shape.length !== rank) {
      throw invalid(
        `ConcatOp : Ranks of all input tensors should match: shape[0] = ${shapeText(first.shape)} vs. shape[${i}] = ${shapeText(input.shape)}`,
      );
    }
    for (let d = 0; d < rank; d++) {
      if (d !== axis && input.shape[d] !== first.shape[d]) {
        throw invalid(
          `ConcatOp : Dimension ${d} in both shapes must be equal: shape[0] = ${shapeText(first.shape)} vs. shape[${i}] = ${shapeText(input.shape)}`,
        );
      }
    }
    total += input.shape[axis]!;
  }
  const shape = first.shape.map((size, d) => (d === axis ? total : size));
  const data = allocate(first.dtype, shape);
  const lanes = lanesOf(first.dtype);
  const outer = product(shape, 0, axis);
  const width = product(shape, axis) * lanes;
  let offset = 0;
  for (const input of inputs) {
    const run = product(input.shape, axis) * lanes;
    for (let o = 0; o < outer; o++) copyRun(data, o * width + offset, input.data, o * run, run);
    offset += run;
  }
  return { dtype: first.dtype, shape, data };
}

function splitBy(of: Value, axisGiven: number, sizes: readonly number[]): Value[] {
  const axis = axisOf(axisGiven, of.shape.length, "split_dim");
  const strides = stridesOf(of.shape);
  let start = 0;
  return sizes.map((size) => {
    const shape = of.shape.map((n, d) => (d === axis ? size : n));
    const piece = size === of.shape[axis] ? of : strided(of, shape, strides, start * strides[axis]!);
    start += size;
    return piece;
  });
}

function pack(inputs: readonly Value[], axisGiven: number): Value {
  const first = inputs[0]!;
  for (const [i, input] of inputs.entries()) {
    if (input.shape.length !== first.shape.length || input.shape.some((n, d) => n !== first.shape[d])) {
      throw invalid(
        `Shapes of all inputs must match: values[0].shape = ${shapeText(first.shape)} != values[${i}].shape = ${shapeText(input.shape)}`,
      );
    }
  }
  const rank = first.shape.length;
  const axis = axisGiven < 0 ? axisGiven + rank + 1 : axisGiven;
  if (axis < 0 || axis > rank) throw invalid(`axis = ${axisGiven} not in [${-(rank + 1)}, ${rank + 1})`);
  const expanded = inputs.map((input) =>
    withShape(input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]),
  );
  return concat(expanded, axis);
}

/** Begin, size and step of one dimension of a strided slice. */
interface SliceSpec {
  readonly begin: number[];
  readonly stride: number[];
  /** Shape before dimensions of size one are dropped. */
  readonly size: number[];
  /** Final shape. */
  readonly shape: number[];
}

/** Bit masks of a strided slice, a bit for each entry of its spec. */
interface SliceMasks {
  readonly begin: number;
  readonly end: number;
  readonly ellipsis: number;
  readonly newAxis: number;
  readonly shrink: number;
}

/** The masks as the attributes of StridedSlice and its relatives give them. */
export function sliceMasks(node: KernelNode): SliceMasks {
  return {
    begin: node.attrs.int("begin_mask"),
    end: node.attrs.int("end_mask"),
    ellipsis: node.attrs.int("ellipsis_mask"),
    newAxis: node.attrs.int("new_axis_mask"),
    shrink: node.attrs.int("shrink_axis_mask"),
  };
}

/** Works out `x[begin:end:stride, …]` with all masks. */
export function sliceSpec(
  shape: readonly number[],
  begin: readonly number[],
  end: readonly number[],
  stride: readonly number[],
  masks: SliceMasks,
): SliceSpec {
  const count = begin.length;
  let newAxes = 0;
  let ellipsis = -1;
  for (let i = 0; i < count; i++) {
    if (masks.ellipsis & (1 << i)) {
      if (ellipsis >= 0) throw invalid("Multiple ellipses in slice spec not allowed");
      ellipsis = i;
    } else if (masks.newAxis & (1 << i)) newAxes++;
  }
  const given = count - newAxes - (ellipsis >= 0 ? 1 : 0);
  if (given > shape.length) {
    throw invalid(`Index out of range using input dim ${shape.length}; input has only ${shape.length} dims`);
  }
  const filled = shape.length - given;
  const result: SliceSpec = { begin: [], stride: [], size: [], shape: [] };
  let dim = 0;
  const whole = (): void => {
    result.begin.push(0);
    result.stride.push(1);
    result.size.push(shape[dim]!);
    result.shape.push(shape[dim]!);
    dim++;
  };
  for (let i = 0; i < count; i++) {
    const bit = 1 << i;
    if (i === ellipsis) {
      for (let k = 0; k < filled; k++) whole();
      continue;
    }
    if (masks.newAxis & bit) {
      result.shape.push(1);
      continue;
    }
    const n = shape[dim]!;
    const step = stride[i]!;
    if (step === 0) throw invalid(`strides[${i}] must be non-zero`);
    if (masks.shrink & bit) {
      if (step <= 0) throw invalid("only stride 1 allowed on non-range indexing.");
      const at = begin[i]! < 0 ? begin[i]! + n : begin[i]!;
      if (at < 0 || at >= n) throw invalid(`slice index ${begin[i]} of dimension ${dim} out of bounds.`);
      result.begin.push(at);
      result.stride.push(1);
      result.size.push(1);
      dim++;
      continue;
    }
    const low = step > 0 ? 0 : -1;
    const high = step > 0 ? n : n - 1;
    const clamp = (x: number): number => {
      const at = x < 0 ? x + n : x;
      return at < low ? low : Math.min(at, high);
    };
    const from = masks.begin & bit ? (step > 0 ? low : high) : clamp(begin[i]!);
    const to = masks.end & bit ? (step > 0 ? high : low) : clamp(end[i]!);
    const size = Math.max(0, Math.ceil((to - from) / step));
    result.begin.push(from);
    result.stride.push(step);
    result.size.push(size);
    result.shape.push(size);
    dim++;
  }
  if (ellipsis < 0) while (dim < shape.length) whole();
  return result;
}

const stridedSlice: KernelFactory = (node) => {
  const masks = sliceMasks(node);
  return ([x, begin, end, stride]) => {
    const spec = sliceSpec(x!.shape, ints(begin!), ints(end!), ints(stride!), masks);
    const strides = stridesOf(x!.shape);
    let start = 0;
    for (const [d, at] of spec.begin.entries()) start += at * strides[d]!;
    if (product(spec.size) === product(x!.shape) && spec.stride.every((s) => s === 1))
      return withShape(x!, spec.shape);
    const made = strided(
      x!,
      spec.size,
      strides.map((s, d) => s * spec.stride[d]!),
      start,
    );
    return withShape(made, spec.shape);
  };
};

const slice: KernelFactory =
  () =>
  ([x, begin, size]) => {
    const rank = x!.shape.length;
    const from = ints(begin!);
    const wanted = ints(size!);
    if (from.length !== rank || wanted.length !== rank) {
      throw invalid(
        `Expected begin and size arguments to be 1-D tensors of size ${rank}, but got shapes [${from.length}] and [${wanted.length}] instead.`,
      );
    }
    const shape = wanted.map((n, d) => (n === -1 ? x!.shape[d]! - from[d]! : n));
    for (const [d, n] of shape.entries()) {
      const limit = x!.shape[d]!;
      if (from[d]! < 0 || from[d]! > limit)
        throw invalid(`Expected begin[${d}] in [0, ${limit}], but got ${from[d]}`);
      if (n < 0 || from[d]! + n > limit)
        throw invalid(`Expected size[${d}] in [0, ${limit - from[d]!}], but got ${n}`);
    }
    const strides = stridesOf(x!.shape);
    let start = 0;
    for (const [d, at] of from.entries()) start += at * strides[d]!;
    return strided(x!, shape, strides, start);
  };

function squeeze(of: Value, dims: readonly number[]): Value {
  const rank = of.shape.length;
  const drop = new Set(
    dims.map((dim) => {
      const at = dim < 0 ? dim + rank : dim;
      if (at < 0 || at >= rank)
        throw invalid(`Tried to squeeze dim index ${dim} for tensor with ${rank} dimensions.`);
      return at;
    }),
  );
  for (const d of drop) {
    if (of.shape[d] !== 1)
      throw invalid(`Can not squeeze dim[${d}], expected a dimension of 1, got ${of.shape[d]}`);
  }
  return withShape(
    of,
    of.shape.filter((n, d) => (drop.size > 0 ? !drop.has(d) : n !== 1)),
  );
}

export function broadcastTo(of: Value, shape: readonly number[]): Value {
  if (of.shape.length > shape.length) {
    throw invalid(
      `Rank of input (${of.shape.length}) must be no greater than rank of output shape (${shape.length}).`,
    );
  }
  const fits = broadcastShape(of.shape, shape, (a, b) =>
    invalid(`Incompatible shapes: ${shapeText(a)} vs. ${shapeText(b)}`),
  );
  if (fits.some((n, i) => n !== shape[i]))
    throw invalid(`Incompatible shapes: ${shapeText(of.shape)} vs. ${shapeText(shape)}`);
  return strided(of, shape, broadcastStrides(of.shape, shape));
}

function tile(of: Value, multiples: readonly number[]): Value {
  const rank = of.shape.length;
  if (multiples.length !== rank) {
    throw invalid(
      `Expected multiples argument to be a vector of length ${rank} but got length ${multiples.length}`,
    );
  }
  for (const [d, n] of multiples.entries())
    if (n < 0) throw invalid(`Expected multiples[${d}] >= 0, but got ${n}`);
  const shape = of.shape.map((n, d) => n * multiples[d]!);
  const wide = of.shape.flatMap((n, d) => [multiples[d]!, n]);
  const strides = stridesOf(of.shape).flatMap((s) => [0, s]);
  return withShape(strided(of, wide, strides), shape);
}

/** A tensor whose elements are all the same. */
export function filled(dtype: DType, shape: readonly number[], item: Value): Value {
  return broadcastTo({ dtype, shape: [], data: item.data }, shape);
}

function fill(dims: readonly number[], item: Value): Value {
  for (const n of dims) if (n < 0) throw invalid(`Dimension ${n} must be >= 0`);
  return filled(item.dtype, dims, item);
}

function zerosOrOnes(one: boolean): KernelFactory {
  return () =>
    ([x]) => {
      const { dtype, shape } = x!;
      const data = allocate(dtype, shape);
      if (one) {
        if (arithmeticOf(dtype) === "bigint") (data as BigArray).fill(1n as never);
        else if (dtype === "DT_HALF") (data as Uint16Array).fill(0x3c00);
        else if (dtype === "DT_BFLOAT16") (data as Uint16Array).fill(0x3f80);
        else if (lanesOf(dtype) === 2) for (let i = 0; i < data.length; i += 2) (data as Float32Array)[i] = 1;
        else (data as NumberArray).fill(1);
      }
      return { dtype, shape, data };
    };
}

const pad: KernelFactory =
  () =>
  ([x, paddings, constant]) => {
    const around = ints(paddings!);
    const rank = x!.shape.length;
    if (around.length !== rank * 2) {
      throw invalid(
        `The first dimension of paddings must be the rank of inputs${shapeText(paddings!.shape)} ${shapeText(x!.shape)}`,
      );
    }
    for (const n of around) if (n < 0) throw invalid(`Paddings must be non-negative: ${around.join(" ")}`);
    const shape = x!.shape.map((n, d) => n + around[2 * d]! + around[2 * d + 1]!);
    const out = constant
      ? filled(x!.dtype, shape, constant)
      : { dtype: x!.dtype, shape, data: allocate(x!.dtype, shape) };
    const lanes = lanesOf(x!.dtype);
    if (rank === 0) return x!;
    const strides = stridesOf(shape);
    let start = 0;
    for (let d = 0; d < rank; d++) start += around[2 * d]! * strides[d]!;
    const run = x!.shape[rank - 1]!;
    if (product(x!.shape) > 0) {
      eachStrided(
        x!.shape.slice(0, -1),
        strides.slice(0, -1),
        (row, at) => copyRun(out.data, at * lanes, x!.data, row * run * lanes, run * lanes),
        start,
      );
    }
    return out;
  };

const mirrorPad: KernelFactory = (node) => {
  const offset = node.attrs.string("mode") === "SYMMETRIC" ? 0 : 1;
  return ([x, paddings]) => {
    const around = ints(paddings!);
    let current = x!;
    for (let d = 0; d < x!.shape.length; d++) {
      const n = current.shape[d]!;
      const before = around[2 * d]!;
      const after = around[2 * d + 1]!;
      if (before === 0 && after === 0) continue;
      if (before > n - offset || after > n - offset) {
        throw invalid(
          `paddings must be ${offset ? "less than" : "no greater than"} the dimension size: ${before}, ${after} not ${offset ? "less" : "greater"} than ${n}`,
        );
      }
      const indices: number[] = [];
      for (let i = before; i > 0; i--) indices.push(i - 1 + offset);
      for (let i = 0; i < n; i++) indices.push(i);
      for (let i = 0; i < after; i++) indices.push(n - 1 - offset - i);
      current = take(current, d, indices);
    }
    return current;
  };
};

/** Slices along one axis, in any order. */
export function take(of: Value, axis: number, indices: readonly number[]): Value {
  const shape = of.shape.map((n, d) => (d === axis ? indices.length : n));
  const data = allocate(of.dtype, shape);
  const inner = product(of.shape, axis + 1) * lanesOf(of.dtype);
  const outer = product(of.shape, 0, axis);
  const n = of.shape[axis]!;
  let out = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      copyRun(data, out, of.data, (o * n + index) * inner, inner);
      out += inner;
    }
  }
  return { dtype: of.dtype, shape, data };
}

function reverse(of: Value, axes: readonly number[]): Value {
  const strides = stridesOf(of.shape);
  let start = 0;
  for (const given of axes) {
    const axis = axisOf(given, of.shape.length, "'axis'");
    start += (of.shape[axis]! - 1) * strides[axis]!;
    strides[axis] = -strides[axis]!;
  }
  return axes.length === 0 ? of : strided(of, of.shape, strides, Math.max(0, start));
}

function reverseSequence(of: Value, lengths: Value, sequenceAxis: number, batchAxis: number): Value {
  const data = allocate(of.dtype, of.shape);
  const strides = stridesOf(of.shape);
  const counts = ints(lengths);
  const n = of.shape[sequenceAxis]!;
  const source = of.data as unknown as number[];
  const out = data as unknown as number[];
  const total = product(of.shape);
  for (let i = 0; i < total; i++) {
    const s = Math.floor(i / strides[sequenceAxis]!) % n;
    const length = counts[Math.floor(i / strides[batchAxis]!) % of.shape[batchAxis]!]!;
    out[i] = source[s < length ? i + (length - 1 - 2 * s) * strides[sequenceAxis]! : i]!;
  }
  return { dtype: of.dtype, shape: of.shape, data };
}

const range: KernelFactory =
  () =>
  ([start, limit, delta]) => {
    const dtype = start!.dtype;
    const big = arithmeticOf(dtype) === "bigint";
    const from = Number((start!.data as ArrayLike<number | bigint>)[0]);
    const to = Number((limit!.data as ArrayLike<number | bigint>)[0]);
    const by = Number((delta!.data as ArrayLike<number | bigint>)[0]);
    if (by === 0) throw invalid("Requires delta != 0: 0");
    if (by > 0 && from > to) throw invalid(`Requires start <= limit when delta > 0: ${from}/${to}`);
    if (by < 0 && from < to) throw invalid(`Requires start >= limit when delta < 0: ${from}/${to}`);
    const count = Math.max(0, Math.ceil(Math.abs((to - from) / by)));
    const data = allocate(dtype, [count]);
    if (big) {
      let v = (start!.data as BigArray)[0]!;
      const step = (delta!.data as BigArray)[0]!;
      for (let i = 0; i < count; i++, v += step) (data as BigArray)[i] = v;
    } else for (let i = 0; i < count; i++) (data as NumberArray)[i] = from + i * by;
    return { dtype, shape: [count], data };
  };

const linSpace: KernelFactory =
  () =>
  ([start, stop, num]) => {
    const from = Number((start!.data as NumberArray)[0]);
    const to = Number((stop!.data as NumberArray)[0]);
    const count = scalarInt(num!);
    if (count <= 0) throw invalid(`Requires num > 0: ${count}`);
    const data = allocate(start!.dtype, [count]) as NumberArray;
    const step = count > 1 ? (to - from) / (count - 1) : 0;
    for (let i = 0; i < count; i++) data[i] = from + step * i;
    if (count > 1) data[count - 1] = to;
    return { dtype: start!.dtype, shape: [count], data };
  };

const shapeOf = (node: Parameters<KernelFactory>[0], x: Value): Value =>
  integers(node.attrs.dtype("out_type"), [x.shape.length], x.shape);

function blockOp(of: Value, block: number, depthToSpace: boolean): Value {
  const [n, h, w, c] = of.shape as [number, number, number, number];
  if (depthToSpace) {
    if (c % (block * block) !== 0)
      throw invalid(`Input depth dimension ${c} should be divisible by: ${block * block}`);
    const d = c / (block * block);
    const split = withShape(of, [n, h, w, block, block, d]);
    return withShape(transpose(split, [0, 1, 3, 2, 4, 5]), [n, h * block, w * block, d]);
  }
  if (h % block !== 0 || w % block !== 0)
    throw invalid(`Image width ${w} and height ${h} should be divisible by block_size: ${block}`);
  const split = withShape(of, [n, h / block, block, w / block, block, c]);
  return withShape(transpose(split, [0, 1, 3, 2, 4, 5]), [n, h / block, w / block, c * block * block]);
}

function spaceToBatch(x: Value, block: readonly number[], paddings: readonly number[]): Value {
  const m = block.length;
  const padded = x.shape.map((n, d) =>
    d >= 1 && d <= m ? n + paddings[2 * (d - 1)]! + paddings[2 * (d - 1) + 1]! : n,
  );
  const data = allocate(x.dtype, padded);
  const strides = stridesOf(padded);
  let start = 0;
  for (let d = 0; d < m; d++) start += paddings[2 * d]! * strides[d + 1]!;
  const rank = x.shape.length;
  const run = x.shape[rank - 1]!;
  eachStrided(
    x.shape.slice(0, -1),
    strides.slice(0, -1),
    (row, at) => copyRun(data, at, x.data, row * run, run),
    start,
  );
  const split = [padded[0]!];
  for (let d = 0; d < m; d++) {
    if (padded[d + 1]! % block[d]! !== 0)
      throw invalid(`padded_shape[${d}]=${padded[d + 1]} is not divisible by block_shape[${d}]=${block[d]}`);
    split.push(padded[d + 1]! / block[d]!, block[d]!);
  }
  split.push(...padded.slice(m + 1));
  const perm = [
    ...block.map((_, d) => 2 * d + 2),
    0,
    ...block.map((_, d) => 2 * d + 1),
    ...padded.slice(m + 1).map((_, i) => 1 + 2 * m + i),
  ];
  const moved = transpose({ dtype: x.dtype, shape: split, data }, perm);
  return withShape(moved, [
    padded[0]! * product(block),
    ...block.map((b, d) => padded[d + 1]! / b),
    ...padded.slice(m + 1),
  ]);
}

function batchToSpace(x: Value, block: readonly number[], crops: readonly number[]): Value {
  const m = block.length;
  const batch = x.shape[0]! / product(block);
  if (!Number.isInteger(batch))
    throw invalid(
      `Input batch dimension (${x.shape[0]}) is not divisible by product of block sizes (${product(block)})`,
    );
  const rest = x.shape.slice(m + 1);
  const split = [...block, batch, ...x.shape.slice(1)];
  const perm = [m, ...block.flatMap((_, d) => [m + 1 + d, d]), ...rest.map((_, i) => 2 * m + 1 + i)];
  const moved = transpose(withShape(x, split), perm);
  const whole = [batch, ...block.map((b, d) => x.shape[d + 1]! * b), ...rest];
  const shape = whole.map((n, d) =>
    d >= 1 && d <= m ? n - crops[2 * (d - 1)]! - crops[2 * (d - 1) + 1]! : n,
  );
  const strides = stridesOf(whole);
  let start = 0;
  for (let d = 0; d < m; d++) start += crops[2 * d]! * strides[d + 1]!;
  return strided(withShape(moved, whole), shape, strides, start);
}

function roll(of: Value, shifts: readonly number[], axes: readonly number[]): Value {
  let current = of;
  for (const [i, given] of axes.entries()) {
    const axis = axisOf(given, of.shape.length);
    const n = of.shape[axis]!;
    if (n === 0) continue;
    const by = ((shifts[i]! % n) + n) % n;
    if (by === 0) continue;
    current = take(
      current,
      axis,
      Array.from({ length: n }, (_, k) => (k - by + n) % n),
    );
  }
  return current;
}

/** Ops that move, cut and join elements. */
export const shapeKernels: KernelTable = {
  Shape:
    (node) =>
    ([x]) =>
      shapeOf(node, x!),
  ShapeN: (node) => (inputs) => inputs.map((x) => shapeOf(node, x)),
  Size:
    (node) =>
    ([x]) =>
      integers(node.attrs.dtype("out_type"), [], [product(x!.shape)]),
  Rank:
    () =>
    ([x]) =>
      integers("DT_INT32", [], [x!.shape.length]),
  Reshape:
    () =>
    ([x, shape]) =>
      reshape(x!, ints(shape!)),
  Squeeze: (node) => {
    const dims = node.attrs.ints("squeeze_dims");
    return ([x]) => squeeze(x!, dims);
  },
  ExpandDims:
    () =>
    ([x, dim]) => {
      const rank = x!.shape.length;
      const given = scalarInt(dim!);
      const axis = given < 0 ? given + rank + 1 : given;
      if (axis < 0 || axis > rank)
        throw invalid(`Tried to expand dim index ${given} for tensor with ${rank} dimensions.`);
      return withShape(x!, [...x!.shape.slice(0, axis), 1, ...x!.shape.slice(axis)]);
    },
  Transpose:
    () =>
    ([x, perm]) =>
      transpose(x!, ints(perm!)),
  ConjugateTranspose:
    () =>
    ([x, perm]) =>
      transpose(x!, ints(perm!)),
  InvertPermutation:
    () =>
    ([x]) => {
      const perm = ints(x!);
      const inverse = new Array<number>(perm.length).fill(-1);
      for (const [i, p] of perm.entries()) {
        if (p < 0 || p >= perm.length) throw invalid(`${p} is not between 0 and ${perm.length}`);
        if (inverse[p] !== -1) throw invalid(`${p} is duplicated in the input.`);
        inverse[p] = i;
      }
      return integers(x!.dtype, x!.shape, inverse);
    },
  ConcatV2: () => (inputs) => concat(inputs.slice(0, -1), scalarInt(inputs[inputs.length - 1]!)),
  Concat: () => (inputs) => concat(inputs.slice(1), scalarInt(inputs[0]!)),
  ConcatOffset: () => (inputs) => {
    const axis = scalarInt(inputs[0]!);
    let offset = 0;
    return inputs.slice(1).map((shape) => {
      const sizes = ints(shape);
      const at = sizes.map((_, d) => (d === (axis < 0 ? axis + sizes.length : axis) ? offset : 0));
      offset += sizes[axis < 0 ? axis + sizes.length : axis]!;
      return integers(shape.dtype, [sizes.length], at);
    });
  },
  Split: (node) => {
    const count = node.attrs.int("num_split");
    return ([axis, x]) => {
      const at = axisOf(scalarInt(axis!), x!.shape.length, "split_dim");
      const n = x!.shape[at]!;
      if (n % count !== 0) {
        throw invalid(
          `Number of ways to split should evenly divide the split dimension, but got split_dim ${at} (size = ${n}) and num_split ${count}`,
        );
      }
      return splitBy(x!, at, new Array<number>(count).fill(n / count));
    };
  },
  SplitV:
    () =>
    ([x, sizes, axis]) => {
      const at = axisOf(scalarInt(axis!), x!.shape.length, "split_dim");
      const wanted = ints(sizes!);
      const known = wanted.reduce((sum, n) => sum + Math.max(0, n), 0);
      const n = x!.shape[at]!;
      const full = wanted.map((size) => (size === -1 ? n - known : size));
      if (full.some((size) => size < 0) || full.reduce((sum, size) => sum + size, 0) !== n) {
        throw invalid(
          `Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the size of the input along split_dim if not fully specified.  Got: ${known}`,
        );
      }
      return splitBy(x!, at, full);
    },
  Pack: (node) => {
    const axis = node.attrs.int("axis");
    return (inputs) => pack(inputs, axis);
  },
  ParallelConcat: () => (inputs) => concat(inputs, 0),
  Unpack: (node) => {
    const axis = node.attrs.int("axis");
    const count = node.attrs.int("num");
    return ([x]) => {
      const at = axisOf(axis, x!.shape.length);
      if (x!.shape[at] !== count)
        throw invalid(`Input shape axis ${at} must equal ${count}, got shape ${shapeText(x!.shape)}`);
      const shape = x!.shape.filter((_, d) => d !== at);
      return splitBy(x!, at, new Array<number>(count).fill(1)).map((piece) => withShape(piece, shape));
    };
  },
  StridedSlice: stridedSlice,
  Slice: slice,
  BroadcastTo:
    () =>
    ([x, shape]) =>
      broadcastTo(x!, ints(shape!)),
  BroadcastArgs:
    () =>
    ([a, b]) => {
      const shape = broadcastShape(ints(a!), ints(b!));
      return integers(a!.dtype, [shape.length], shape);
    },
  Tile:
    () =>
    ([x, multiples]) =>
      tile(x!, ints(multiples!)),
  Fill:
    () =>
    ([dims, item]) =>
      fill(ints(dims!), item!),
  ZerosLike: zerosOrOnes(false),
  OnesLike: zerosOrOnes(true),
  Empty: (node) => {
    const dtype = node.attrs.dtype("dtype");
    return ([shape]) => {
      const size = ints(shape!);
      return { dtype, shape: size, data: allocate(dtype, size) };
    };
  },
  Pad: pad,
  PadV2: pad,
  MirrorPad: mirrorPad,
  ReverseV2:
    () =>
    ([x, axes]) =>
      reverse(x!, ints(axes!)),
  ReverseSequence: (node) => {
    const sequence = node.attrs.int("seq_dim");
    const batch = node.attrs.int("batch_dim");
    return ([x, lengths]) => reverseSequence(x!, lengths!, sequence, batch);
  },
  Range: range,
  LinSpace: linSpace,
  Roll:
    () =>
    ([x, shift, axis]) =>
      roll(x!, ints(shift!), ints(axis!)),
  DepthToSpace: (node) => {
    const block = node.attrs.int("block_size");
    const nchw = node.attrs.string("data_format") === "NCHW";
    return ([x]) =>
      nchw
        ? transpose(blockOp(transpose(x!, [0, 2, 3, 1]), block, true), [0, 3, 1, 2])
        : blockOp(x!, block, true);
  },
  SpaceToDepth: (node) => {
    const block = node.attrs.int("block_size");
    const nchw = node.attrs.string("data_format") === "NCHW";
    return ([x]) =>
      nchw
        ? transpose(blockOp(transpose(x!, [0, 2, 3, 1]), block, false), [0, 3, 1, 2])
        : blockOp(x!, block, false);
  },
  SpaceToBatchND:
    () =>
    ([x, block, paddings]) =>
      spaceToBatch(x!, ints(block!), ints(paddings!)),
  BatchToSpaceND:
    () =>
    ([x, block, crops]) =>
      batchToSpace(x!, ints(block!), ints(crops!)),
};
