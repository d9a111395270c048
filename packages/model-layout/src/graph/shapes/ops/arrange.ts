import { showShape } from "@servable/tensors";
import {
  addDims,
  atLeastRank,
  dimOf,
  divideEvenly,
  elementsOf,
  MOST_RANK,
  merge,
  mergeDims,
  multiplyDims,
  refuse,
  type Shape,
  subtractDims,
  UNKNOWN,
  unknownOfRank,
  withRank,
} from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

/** Product of the known dimensions, and where the only unknown one is; undefined where there are several. */
function knownPart(
  shape: readonly number[],
): { readonly elements: number; readonly unknown: number } | undefined {
  let elements = 1;
  let unknown = -1;
  for (const [at, size] of shape.entries()) {
    if (size >= 0) elements *= size;
    else if (unknown >= 0) return undefined;
    else unknown = at;
  }
  return { elements, unknown };
}

function reshape(c: ShapeContext): readonly Shape[] {
  const from = c.input(0);
  const to = c.shapeFrom(1);
  if (to === null || from === null) return [to];
  const out = knownPart(to);
  const own = knownPart(from);
  if (out === undefined || own === undefined) return [to];
  const no = (): never =>
    refuse(
      `${own.unknown < 0 ? `${own.elements} elements of` : ""} shape ${showShape(from)} can't be reshaped to ${showShape(to)}`.trim(),
    );
  if (own.unknown < 0 && out.unknown < 0) return own.elements === out.elements ? [to] : no();
  const dims = [...to];
  if (own.unknown < 0 && out.elements > 0) {
    if (own.elements % out.elements !== 0) no();
    dims[out.unknown] = own.elements / out.elements;
  } else if (out.unknown < 0 && own.elements > 0) {
    if (out.elements % own.elements !== 0) no();
  } else if (own.unknown >= 0 && out.unknown >= 0 && own.elements === out.elements)
    dims[out.unknown] = from[own.unknown]!;
  return [dims];
}

function transpose(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  const order = c.value(1);
  const count = elementsOf(c.input(1));
  const rank = input?.length ?? (count >= 0 ? count : order?.data.length);
  if (rank === undefined || (input === null && rank < 2) || rank > MOST_RANK) return [input];
  withRank(c.input(1), 1, "the permutation");
  if (count >= 0 && count !== rank)
    refuse(`the permutation has ${count} elements, but the input has rank ${rank}`);
  if (order === undefined) return [unknownOfRank(rank)];
  return [
    Array.from(order.data, (at) =>
      at >= rank || at <= -rank
        ? refuse(`the permutation names dimension ${at} of rank ${rank}`)
        : dimOf(input, at),
    ),
  ];
}

function expandDims(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  const value = c.value(1);
  if (value !== undefined && value.data.length !== 1) refuse("the dimension must be one number");
  const at = value?.data[0];
  if (at === undefined || input === null) return [null];
  const rank = input.length;
  if (at < -rank - 1 || at > rank) refuse(`dimension ${at} is not between ${-rank - 1} and ${rank}`);
  const dims = [...input];
  dims.splice(at < 0 ? at + rank + 1 : at, 0, 1);
  return [dims];
}

function squeeze(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  if (input === null) return [null];
  const rank = input.length;
  const chosen = c.ints("squeeze_dims").map((at) => {
    if (at < -rank || at >= rank) refuse(`dimension ${at} is beyond the shape ${showShape(input)}`);
    return at < 0 ? at + rank : at;
  });
  const dims: number[] = [];
  for (const [at, size] of input.entries()) {
    if (chosen.includes(at)) {
      if (size >= 0 && size !== 1)
        refuse(`dimension ${at} of ${showShape(input)} is ${size}, where 1 is to be taken out`);
    } else if (chosen.length > 0) dims.push(size);
    else if (size < 0) return [null];
    else if (size !== 1) dims.push(size);
  }
  return [dims];
}

function tile(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  if (input !== null) merge(c.input(1), [input.length]);
  const multiples = c.shapeFrom(1);
  if (multiples === null) return [null];
  withRank(input, multiples.length, "the input");
  return [multiples.map((times, at) => multiplyDims(dimOf(input, at), times))];
}

function pad(c: ShapeContext): readonly Shape[] {
  const paddings = withRank(c.input(1), 2, "the paddings");
  mergeDims(dimOf(paddings, 1), 2);
  const input = c.input(0);
  const rows = dimOf(paddings, 0);
  if (rows >= 0) withRank(input, rows, "the input");
  const rank = rows >= 0 ? rows : input?.length;
  const value = c.value(1);
  if (value === undefined) return [rank === undefined || rank > MOST_RANK ? null : unknownOfRank(rank)];
  return [
    Array.from({ length: value.data.length / 2 }, (_, at) => {
      const before = value.data[2 * at]!;
      const after = value.data[2 * at + 1]!;
      if (before < 0 || after < 0) refuse(`the paddings ${before} and ${after} must not be negative`);
      return addDims(dimOf(input, at), before + after);
    }),
  ];
}

/** Dimensions of one run of elements laid over those of another. */
function broadcastTo(c: ShapeContext): readonly Shape[] {
  const from = c.input(0);
  const to = c.shapeFrom(1);
  if (from === null || to === null) return [to];
  const shift = to.length - from.length;
  if (shift < 0)
    refuse(`${showShape(from)} can't be broadcast to ${showShape(to)}, which has fewer dimensions`);
  for (const [at, size] of from.entries()) {
    const wanted = to[at + shift]!;
    if (size >= 0 && wanted >= 0 && size !== 1 && size !== wanted)
      refuse(`${showShape(from)} can't be broadcast to ${showShape(to)}`);
  }
  return [to];
}

function reverse(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  const axes = withRank(c.input(1), 1, "the axes");
  const count = dimOf(axes, 0);
  if (input !== null && count > input.length) refuse(`${count} axes are more than the rank ${input.length}`);
  const value = c.value(1);
  if (value === undefined || input === null) return [input];
  for (const axis of Array.from(value.data))
    if (axis < -input.length || axis >= input.length)
      refuse(`axis ${axis} is beyond the rank ${input.length}`);
  return [input];
}

/** DepthToSpace and SpaceToDepth of pictures with the channels last. */
const blocks =
  (toSpace: boolean) =>
  (c: ShapeContext): readonly Shape[] | undefined => {
    if ((c.text("data_format") ?? "NHWC") !== "NHWC") return undefined;
    const input = withRank(c.input(0), 4, "the input");
    const block = c.int("block_size", 0);
    if (block < 2) return undefined;
    const [batch, height, width, channels] = [0, 1, 2, 3].map((at) => dimOf(input, at)) as [
      number,
      number,
      number,
      number,
    ];
    return toSpace
      ? [
          [
            batch,
            multiplyDims(height, block),
            multiplyDims(width, block),
            divideEvenly(channels, block * block),
          ],
        ]
      : [
          [
            batch,
            divideEvenly(height, block),
            divideEvenly(width, block),
            multiplyDims(channels, block * block),
          ],
        ];
  };

/** SpaceToBatchND and BatchToSpaceND: blocks of the dimensions after the first are moved into it, or out of it. */
const blocksInBatch =
  (toBatch: boolean) =>
  (c: ShapeContext): readonly Shape[] => {
    const block = withRank(c.input(1), 1, "the block");
    const dims = dimOf(block, 0);
    const pads = withRank(c.input(2), 2, toBatch ? "the paddings" : "the crops");
    if (dims < 0) return [null];
    merge(pads, [dims, 2]);
    const input = atLeastRank(c.input(0), dims + 1, "the input");
    const sizes = c.value(1)?.data;
    const around = c.value(2)?.data;
    if (input === null || sizes === undefined) return [input === null ? null : unknownOfRank(input.length)];
    const made = [...input];
    for (let at = 0; at < dims; at++) {
      const by = sizes[at]!;
      if (by < 1) refuse(`a block must not be of ${by}`);
      const more = around === undefined ? UNKNOWN : around[2 * at]! + around[2 * at + 1]!;
      const size = input[at + 1]!;
      made[0] = toBatch ? multiplyDims(made[0]!, by) : divideEvenly(made[0]!, by);
      if (more < 0) made[at + 1] = UNKNOWN;
      else
        made[at + 1] = toBatch
          ? divideEvenly(addDims(size, more), by)
          : subtractDims(multiplyDims(size, by), more);
    }
    return [made];
  };

/** Ops that give the elements of one tensor another arrangement. */
export const arranging: ShapeFunctions = {
  Reshape: reshape,
  Transpose: transpose,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Tile: tile,
  ...forOps("Pad PadV2 MirrorPad", pad),
  BroadcastTo: broadcastTo,
  ReverseV2: reverse,
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
  SpaceToBatchND: blocksInBatch(true),
  BatchToSpaceND: blocksInBatch(false),
  EnsureShape: (c) => [merge(c.input(0), c.shape("shape"))],
  Where: (c) => [[UNKNOWN, c.input(0)?.length ?? UNKNOWN]],
  ...forOps("Unique UniqueV2", (c) =>
    c.node.op === "Unique" ? [[UNKNOWN], withRank(c.input(0), 1, "the input")] : [],
  ),
  MatrixBandPart: (c) => [atLeastRank(c.input(0), 2, "the input")],
};
