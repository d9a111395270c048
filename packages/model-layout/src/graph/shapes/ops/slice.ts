import {
  dimOf,
  MOST_RANK,
  merge,
  refuse,
  type Shape,
  subtractDims,
  UNKNOWN,
  unknownOfRank,
  withRank,
} from "../shape.ts";
import type { IntTensor, ShapeContext, ShapeFunctions } from "../shape-context.ts";

function slice(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  const starts = withRank(c.input(1), 1, "begin");
  const count = dimOf(merge(starts, withRank(c.input(2), 1, "size")), 0);
  if (count >= 0) withRank(input, count, "the input");
  const rank = count >= 0 ? count : input?.length;
  if (rank === undefined || rank > MOST_RANK) return [null];
  const begin = c.value(1);
  const sizes = c.value(2);
  if (sizes === undefined) return [c.shapeFrom(2) ?? unknownOfRank(rank)];
  return [
    Array.from(sizes.data, (size, at) => {
      if (size < -1) refuse(`a size must not be ${size}`);
      if (size >= 0) return size;
      const from = begin?.data[at];
      return from === undefined ? UNKNOWN : subtractDims(dimOf(input, at), from);
    }),
  ];
}

/** How a strided slice treats one place of its indices. */
export interface SliceMasks {
  readonly begin: number;
  readonly end: number;
  readonly ellipsis: number;
  readonly newAxis: number;
  readonly shrink: number;
}

const hasBit = (mask: number, at: number): boolean => at < 32 && ((mask >>> at) & 1) === 1;

/** First element and how many are taken of a dimension, in steps; undefined for a dimension of any size. */
export function sliceRange(
  size: number,
  begin: number | undefined,
  end: number | undefined,
  step: number,
): { readonly from: number; readonly count: number } | undefined {
  if (size < 0) return undefined;
  const least = step > 0 ? 0 : -1;
  const most = step > 0 ? size : size - 1;
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, least), most);
  const from = begin === undefined ? (step > 0 ? 0 : size - 1) : clamp(begin);
  const to = end === undefined ? (step > 0 ? size : -1) : clamp(end);
  return { from, count: Math.max(0, Math.ceil((to - from) / step)) };
}

/**
 * Shape of a strided slice. `begin` and `end` may be unknown; `strides` must be known. Undefined where the rank is not.
 * @throws ShapeMismatch
 */
export function stridedShape(
  input: readonly number[],
  begin: IntTensor | undefined,
  end: IntTensor | undefined,
  strides: IntTensor,
  masks: SliceMasks,
): number[] {
  const places = strides.data.length;
  if (Array.from({ length: places }, (_, at) => at).filter((at) => hasBit(masks.ellipsis, at)).length > 1)
    refuse("there must not be several ellipses");
  const dims: number[] = [];
  /** Dimensions of the input that the places after an ellipsis take. */
  const taking = (from: number): number => {
    let taken = 0;
    for (let at = from; at < places; at++)
      if (!hasBit(masks.newAxis, at) || hasBit(masks.ellipsis, at)) taken++;
    return taken;
  };
  let at = 0;
  for (let place = 0; place < places; place++) {
    if (hasBit(masks.ellipsis, place)) {
      const until = Math.max(at, input.length - taking(place + 1));
      while (at < until) dims.push(input[at++]!);
      continue;
    }
    if (hasBit(masks.newAxis, place)) {
      dims.push(1);
      continue;
    }
    if (at >= input.length) refuse(`${at + 1} indices are too many for ${input.length} dimensions`);
    const size = input[at++]!;
    const step = strides.data[place]!;
    if (step === 0) refuse("a stride must not be 0");
    const first = begin?.data[place];
    if (hasBit(masks.shrink, place)) {
      if (step < 0 && size >= 0) refuse("only a stride of 1 goes with an index that is no range");
      if (first !== undefined && size >= 0 && (first < -size || first >= size))
        refuse(`index ${first} is out of the ${size} of dimension ${at - 1}`);
      continue;
    }
    const fromStart = hasBit(masks.begin, place);
    const toEnd = hasBit(masks.end, place);
    if (fromStart && toEnd && Math.abs(step) === 1) {
      dims.push(size);
      continue;
    }
    if ((!fromStart && first === undefined) || (!toEnd && end?.data[place] === undefined)) {
      dims.push(UNKNOWN);
      continue;
    }
    const range = sliceRange(size, fromStart ? undefined : first, toEnd ? undefined : end?.data[place], step);
    dims.push(range === undefined ? UNKNOWN : range.count);
  }
  while (at < input.length) dims.push(input[at++]!);
  return dims;
}

function stridedSlice(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  merge(
    merge(withRank(c.input(1), 1, "begin"), withRank(c.input(2), 1, "end")),
    withRank(c.input(3), 1, "strides"),
  );
  const strides = c.value(3);
  if (input === null || strides === undefined) return [null];
  return [stridedShape(input, c.value(1), c.value(2), strides, masksOf(c))];
}

export const masksOf = (c: Pick<ShapeContext, "int">): SliceMasks => ({
  begin: c.int("begin_mask", 0),
  end: c.int("end_mask", 0),
  ellipsis: c.int("ellipsis_mask", 0),
  newAxis: c.int("new_axis_mask", 0),
  shrink: c.int("shrink_axis_mask", 0),
});

/** Ops that cut pieces out of tensors. */
export const slicing: ShapeFunctions = { Slice: slice, StridedSlice: stridedSlice };
