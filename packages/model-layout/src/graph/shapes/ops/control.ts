import { refuse, SCALAR, type Shape, UNKNOWN, withRank } from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

/** Branches: what they give is noted at the call. */
function branch(c: ShapeContext): readonly Shape[] | undefined {
  const noted = c.shapes("output_shapes");
  if (noted.length === 0) return undefined;
  if (c.outputCount !== undefined && noted.length !== c.outputCount)
    refuse(`output_shapes names ${noted.length} shapes, but there are ${c.outputCount} outputs`);
  return noted;
}

/** Loops: what comes out is as noted, else as what goes in. */
const loop = (c: ShapeContext): readonly Shape[] => branch(c) ?? c.inputs;

/** What several branches of TF1 hand on: only what all of them agree about. */
function mergeOfBranches(c: ShapeContext): readonly Shape[] {
  const [first = null] = c.inputs;
  if (first === null || c.inputs.some((shape) => shape?.length !== first.length)) return [null, SCALAR];
  return [
    first.map((size, dim) => (c.inputs.every((shape) => shape?.[dim] === size) ? size : UNKNOWN)),
    SCALAR,
  ];
}

function enter(c: ShapeContext): readonly Shape[] {
  c.outputHandles = c.handles;
  return [c.handles[0] === undefined && c.bool("is_constant") ? c.input(0) : null];
}

function pass(c: ShapeContext): readonly Shape[] {
  withRank(c.input(1), 0, "the condition");
  const variable = c.handles[0];
  if (variable !== undefined) c.outputHandles = [variable, variable];
  return [c.input(0), c.input(0)];
}

/** Branches and loops. */
export const controlling: ShapeFunctions = {
  ...forOps("If StatelessIf Case StatelessCase", branch),
  ...forOps("While StatelessWhile", loop),
  ...forOps("Switch RefSwitch", pass),
  ...forOps("Merge RefMerge", mergeOfBranches),
  ...forOps("Enter RefEnter", enter),
};
