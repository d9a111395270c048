import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { integers, ints, product, scalarInt, type Value } from "../value.ts";
import { transpose, withShape } from "./strided.ts";

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

const shapeOf = (node: Parameters<KernelFactory>[0], x: Value): Value =>
  integers(node.attrs.dtype("out_type"), [x.shape.length], x.shape);

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
};
