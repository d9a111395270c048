import {
  atLeastRank,
  broadcast,
  concatenate,
  dimOf,
  merge,
  mergeDims,
  part,
  refuse,
  SCALAR,
  type Shape,
  UNKNOWN,
  withRank,
} from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions } from "../shape-context.ts";

function matMul(c: ShapeContext): readonly Shape[] {
  const a = withRank(c.input(0), 2, "input 0");
  const b = withRank(c.input(1), 2, "input 1");
  const [rows, inner] = c.bool("transpose_a") ? [1, 0] : [0, 1];
  const [innerOfB, columns] = c.bool("transpose_b") ? [1, 0] : [0, 1];
  mergeDims(dimOf(a, inner), dimOf(b, innerOfB));
  return [[dimOf(a, rows), dimOf(b, columns)]];
}

/** Batches of matrices; from V2 on the batches are broadcast. */
const batchMatMul =
  (joinBatches: (a: Shape, b: Shape) => Shape) =>
  (c: ShapeContext): readonly Shape[] => {
    const a = atLeastRank(c.input(0), 2, "input 0");
    const b = atLeastRank(c.input(1), 2, "input 1");
    const [rows, inner] = c.bool("adj_x") ? [-1, -2] : [-2, -1];
    const [innerOfB, columns] = c.bool("adj_y") ? [-1, -2] : [-2, -1];
    mergeDims(dimOf(a, inner), dimOf(b, innerOfB));
    const batches = joinBatches(part(a, 0, -2), part(b, 0, -2));
    return [batches === null ? null : [...batches, dimOf(a, rows), dimOf(b, columns)]];
  };

/** Einsum: dimensions of one name are of one size; those that `...` stands for are broadcast. */
function einsum(c: ShapeContext): readonly Shape[] | undefined {
  const [left = "", right] = (c.text("equation") ?? "").replaceAll(" ", "").split("->");
  if (right === undefined) return undefined;
  const terms = left.split(",");
  if (terms.length !== c.inputs.length)
    refuse(`the equation names ${terms.length} inputs, but there are ${c.inputs.length}`);
  const sizes = new Map<string, number>();
  let between: Shape = SCALAR;
  for (const [at, term] of terms.entries()) {
    const [before = "", after] = term.split("...");
    const labels = before + (after ?? "");
    const what = `input ${at}`;
    const shape =
      after === undefined
        ? withRank(c.input(at), labels.length, what)
        : atLeastRank(c.input(at), labels.length, what);
    for (const [index, label] of [...labels].entries()) {
      const size = dimOf(shape, index < before.length ? index : index - labels.length);
      sizes.set(label, mergeDims(sizes.get(label) ?? UNKNOWN, size));
    }
    if (after !== undefined)
      between = broadcast(
        between,
        part(shape, before.length, shape === null ? 0 : shape.length - after.length),
      );
  }
  const named = (labels: string): number[] => [...labels].map((label) => sizes.get(label) ?? UNKNOWN);
  const [before = "", after] = right.split("...");
  return [after === undefined ? named(before) : concatenate(named(before), between, named(after))];
}

/** Products of matrices. */
export const matrices: ShapeFunctions = {
  ...forOps("MatMul SparseMatMul", matMul),
  BatchMatMul: batchMatMul(merge),
  ...forOps("BatchMatMulV2 BatchMatMulV3", batchMatMul(broadcast)),
  Einsum: einsum,
};
