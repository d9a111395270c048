import {
  addDims,
  atLeastRank,
  concatenate,
  dimOf,
  divideEvenly,
  merge,
  mergeDims,
  part,
  refuse,
  replaceDim,
  type Shape,
  subtractDims,
  UNKNOWN,
  unknownOfRank,
  withRank,
} from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

/** Concat and ConcatV2, which differ in where the axis stands. */
function concat(c: ShapeContext, first: number, end: number, axisAt: number): readonly Shape[] {
  withRank(c.input(axisAt), 0, "the axis");
  const axis = c.scalar(axisAt);
  const values = c.inputs.slice(first, end);
  if (axis === undefined) {
    const rank = values.find((shape) => shape !== null)?.length;
    if (rank === undefined) return [null];
    if (rank === 0) refuse("scalars can't be concatenated");
    for (const [at, shape] of values.entries()) withRank(shape, rank, `input ${at + first}`);
    return [unknownOfRank(rank)];
  }
  const least = axis < 0 ? -axis : axis + 1;
  let before: Shape = null;
  let middle = 0;
  let after: Shape = null;
  for (const [at, shape] of values.entries()) {
    atLeastRank(shape, least, `input ${at + first}, concatenated along axis ${axis},`);
    before = merge(before, part(shape, 0, axis));
    middle = addDims(middle, dimOf(shape, axis));
    after = merge(after, axis === -1 ? [] : part(shape, axis + 1));
  }
  return [concatenate(before, [middle], after)];
}

function pack(c: ShapeContext): readonly Shape[] {
  const each = c.inputs.reduce(merge, null);
  if (each === null) return [null];
  const axis = c.int("axis", 0);
  const rank = each.length + 1;
  if (axis < -rank || axis >= rank) refuse(`axis ${axis} is beyond the rank ${rank}`);
  const dims = [...each];
  dims.splice(axis < 0 ? axis + rank : axis, 0, c.inputs.length);
  return [dims];
}

const many = (count: number, shape: Shape): readonly Shape[] =>
  count > 0 && count <= 10_000 ? new Array<Shape>(count).fill(shape) : [];

function unpack(c: ShapeContext): readonly Shape[] {
  const input = atLeastRank(c.input(0), 1, "the input");
  const count = c.int("num", 0);
  if (input === null) return [];
  const axis = c.int("axis", 0);
  if (axis < -input.length || axis >= input.length) refuse(`axis ${axis} is beyond the rank ${input.length}`);
  const size = dimOf(input, axis);
  if (size >= 0 && size !== count)
    refuse(`dimension ${axis} is ${size}, but ${count} tensors are to be made of it`);
  const dims = [...input];
  dims.splice(axis < 0 ? axis + input.length : axis, 1);
  return many(count, dims);
}

function split(c: ShapeContext): readonly Shape[] {
  const input = c.input(1);
  const axis = c.axis(0, input?.length);
  const count = c.int("num_split", 0);
  if (axis === undefined) return many(count, input === null ? null : unknownOfRank(input.length));
  atLeastRank(input, axis + 1, "the input");
  if (input === null) return [];
  return many(count, replaceDim(input, axis, divideEvenly(dimOf(input, axis), count)));
}

function splitV(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  const axis = c.axis(2, input?.length);
  const count = c.int("num_split", 0);
  if (input === null) return [];
  if (input.length === 0) refuse("a scalar can't be split");
  const sizes = c.value(1);
  if (axis === undefined) return many(count, unknownOfRank(input.length));
  if (sizes === undefined) {
    if (axis >= input.length) return [];
    return many(count, replaceDim(input, axis, UNKNOWN));
  }
  atLeastRank(input, axis + 1, "the input");
  if (sizes.data.length !== count) refuse(`${sizes.data.length} sizes are given for ${count} parts`);
  const list = Array.from(sizes.data);
  const sum = list.reduce((total, size) => total + Math.max(size, 0), 0);
  const open = list.filter((size) => size === -1).length;
  if (open > 1 || list.some((size) => size < -1)) refuse(`the sizes [${list.join(",")}] can't be`);
  const whole = dimOf(input, axis);
  if (whole >= 0 && (open === 1 ? sum > whole : sum !== whole))
    refuse(`a dimension of ${whole} can't be split into [${list.join(",")}]`);
  return list.map((size) =>
    replaceDim(input, axis, size >= 0 ? size : whole < 0 ? UNKNOWN : subtractDims(whole, sum)),
  );
}

/** Shape of picking rows by index along an axis. */
function gather(c: ShapeContext): readonly Shape[] {
  const params = atLeastRank(c.input(0), 1, "what is gathered from");
  const indices = c.input(1);
  withRank(c.input(2), 0, "the axis");
  const axis = c.scalar(2);
  const asked = c.int("batch_dims", 0);
  if (params === null || indices === null) {
    if (axis !== undefined) atLeastRank(params, axis < 0 ? -axis : axis + 1, "what is gathered from");
    return [null];
  }
  const batch = asked < 0 ? asked + indices.length : asked;
  if (batch < 0 || batch > indices.length)
    refuse(`batch_dims ${asked} is beyond the indices' rank ${indices.length}`);
  if (axis === undefined) return [unknownOfRank(params.length + indices.length - 1 - batch)];
  atLeastRank(params, batch + 1, "what is gathered from in batches");
  atLeastRank(params, axis < 0 ? -axis : axis + 1, "what is gathered from");
  const at = axis < 0 ? axis + params.length : axis;
  return [[...params.slice(0, at), ...indices.slice(batch), ...params.slice(at + 1)]];
}

function gatherRows(c: ShapeContext): readonly Shape[] {
  const params = atLeastRank(c.input(0), 1, "what is gathered from");
  return [concatenate(c.input(1), part(params, 1))];
}

/** Rows of a variable, behind its handle. */
function resourceGather(c: ShapeContext): readonly Shape[] | undefined {
  const params = c.handles[0]?.shape ?? null;
  if (params === null) return undefined;
  const indices = c.input(1);
  const batch = c.int("batch_dims", 0);
  atLeastRank(params, 1, "the variable");
  if (indices === null || batch < 0) return [null];
  return [concatenate(indices, part(params, batch + 1))];
}

function gatherNd(c: ShapeContext): readonly Shape[] {
  const params = c.input(0);
  const indices = atLeastRank(c.input(1), 1, "the indices");
  const depth = dimOf(indices, -1);
  if (params === null || indices === null || depth < 0) return [null];
  if (depth > params.length) refuse(`indices of ${depth} numbers are too long for rank ${params.length}`);
  return [[...indices.slice(0, -1), ...params.slice(depth)]];
}

/** Ops that join tensors, take them apart or pick from them. */
export const joining: ShapeFunctions = {
  Concat: (c) => concat(c, 1, c.inputs.length, 0),
  ConcatV2: (c) => concat(c, 0, c.inputs.length - 1, c.inputs.length - 1),
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
  GatherV2: gather,
  Gather: gatherRows,
  ResourceGather: resourceGather,
  GatherNd: gatherNd,
  InTopKV2: (c) => [merge([dimOf(withRank(c.input(0), 2, "the predictions"), 0)], c.input(1))],
  OneHot: (c) => {
    const indices = c.input(0);
    const depth = c.size(1);
    const axis = c.int("axis", -1);
    if (axis < -1) refuse(`axis must not be ${axis}`);
    if (indices === null) return [null];
    const rank = indices.length + 1;
    const at = (axis + rank) % rank;
    return [[...indices.slice(0, at), depth, ...indices.slice(at)]];
  },
  ...forOps("TopK TopKV2", (c) => {
    const input = atLeastRank(c.input(0), 1, "the input");
    const k = c.node.op === "TopK" ? c.int("k", UNKNOWN) : c.size(1);
    const last = dimOf(input, -1);
    if (last >= 0 && k >= 0 && last < k)
      refuse(`the last dimension is ${last}, but the best ${k} are wanted`);
    const made = input === null ? null : replaceDim(input, -1, k);
    return [made, made];
  }),
  ...forOps("SegmentSum SegmentMean SegmentMax SegmentMin SegmentProd", (c) => {
    const data = atLeastRank(c.input(0), 1, "the data");
    const ids = withRank(c.input(1), 1, "the segments");
    mergeDims(dimOf(data, 0), dimOf(ids, 0));
    return [data === null ? null : replaceDim(data, 0, UNKNOWN)];
  }),
};
