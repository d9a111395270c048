import { atMostRank, refuse, SCALAR, type Shape, unknownOfRank, withRank } from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

/** GraphDef version from which on the axes of a reduction are a scalar or a vector. */
const PLAIN_AXES = 21;

function reduce(c: ShapeContext): readonly Shape[] {
  const input = c.input(0);
  if (c.producer >= PLAIN_AXES) atMostRank(c.input(1), 1, "the axes");
  const axes = c.value(1);
  const keeps = c.bool("keep_dims");
  if (input === null) return [null];
  const rank = input.length;
  if (axes === undefined) return [keeps ? unknownOfRank(rank) : null];
  const gone = new Set<number>();
  for (const axis of Array.from(axes.data)) {
    if (axis < -rank || axis >= rank) refuse(`dimension ${axis} is beyond the rank ${rank}`);
    gone.add(axis < 0 ? axis + rank : axis);
  }
  const dims: number[] = [];
  for (const [at, size] of input.entries()) {
    if (!gone.has(at)) dims.push(size);
    else if (keeps) dims.push(1);
  }
  return [dims];
}

function argOf(c: ShapeContext): readonly Shape[] {
  withRank(c.input(1), 0, "the dimension");
  const input = c.input(0);
  if (input === null) return [null];
  const rank = input.length;
  if (rank <= 1) return [SCALAR];
  const axis = c.scalar(1);
  if (axis === undefined) return [unknownOfRank(rank - 1)];
  if (axis < -rank || axis >= rank) refuse(`dimension ${axis} is beyond the rank ${rank}`);
  const at = axis < 0 ? axis + rank : axis;
  return [[...input.slice(0, at), ...input.slice(at + 1)]];
}

/** Ops that make fewer numbers of many. */
export const reducing: ShapeFunctions = {
  ...forOps("Sum Mean Prod Max Min All Any EuclideanNorm", reduce),
  ...forOps("ArgMax ArgMin", argOf),
  L2Loss: () => [SCALAR],
};
