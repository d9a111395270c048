import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import { ints, product } from "../value.ts";
import { strided, stridesOf, withShape } from "./strided.ts";

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

export const sliceKernels: KernelTable = {
  StridedSlice: stridedSlice,
  Slice: slice,
};
