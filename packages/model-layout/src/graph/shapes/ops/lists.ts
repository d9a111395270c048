import { concatenate, merge, part, refuse, SCALAR, type Shape, UNKNOWN, withRank } from "../shape.ts";
import { forOps, type ShapeContext, type ShapeFunctions, type VariableType } from "../shape-context.ts";

/** A shape of elements, which may be -1 for a shape that is not known. @throws ShapeMismatch */
function elementShape(c: ShapeContext, at: number): Shape {
  const own = c.input(at);
  if (own !== null && own.length > 1) refuse("the elements' shape must be a vector or the number -1");
  if (own?.length === 0) {
    const value = c.scalar(at);
    if (value !== undefined && value !== -1)
      refuse(`the elements' shape is the number ${value}, where only -1 may be one`);
    return null;
  }
  return own === null ? null : c.shapeFrom(at);
}

/** Remembers what a list holds. */
function listOf(c: ShapeContext, shape: Shape): readonly Shape[] {
  const dtype = c.type("element_dtype");
  const list: VariableType | undefined = dtype === undefined ? undefined : { shape, dtype };
  if (list !== undefined) c.outputHandles = [list];
  return [SCALAR];
}

/** Shape of an element of the list that is an input, and what the node itself says of it. @throws ShapeMismatch */
const element = (c: ShapeContext, at: number): Shape =>
  merge(elementShape(c, at), c.handles[0]?.shape ?? null);

function fromTensor(c: ShapeContext): readonly Shape[] {
  const wanted = elementShape(c, 1);
  const tensor = c.input(0);
  if (tensor !== null && tensor.length === 0) refuse("a scalar has no elements to list");
  return listOf(c, merge(wanted, part(tensor, 1)));
}

function stack(c: ShapeContext): readonly Shape[] {
  const count = c.int("num_elements", -1);
  return [concatenate([count < 0 ? UNKNOWN : count], element(c, 1))];
}

/** Tensors of several sizes by the number of a partition: data and partitions begin alike. */
function dynamicPartition(c: ShapeContext): readonly Shape[] | undefined {
  const data = c.input(0);
  const partitions = c.input(1);
  if (data === null || partitions === null) return undefined;
  if (data.length < partitions.length)
    refuse(
      `the data must have at least the ${partitions.length} dimensions of the partitions, but has ${data.length}`,
    );
  merge(part(data, 0, partitions.length), partitions);
  const count = c.int("num_partitions", 0);
  if (count < 1 || count > 10_000) return undefined;
  return new Array<Shape>(count).fill([UNKNOWN, ...data.slice(partitions.length)]);
}

/** A sparse matrix (indices, values, shape) by a dense one. */
function sparseByDense(c: ShapeContext): readonly Shape[] {
  withRank(c.input(0), 2, "the indices");
  withRank(c.input(1), 1, "the values");
  const size = c.shapeFrom(2);
  const a = withRank(size, 2, "the sparse tensor");
  const b = withRank(c.input(3), 2, "the dense tensor");
  const [rows, inner] = c.bool("adjoint_a") ? [1, 0] : [0, 1];
  const [innerOfB, columns] = c.bool("adjoint_b") ? [1, 0] : [0, 1];
  if (a !== null && b !== null) merge([a[inner]!], [b[innerOfB]!]);
  return [[a?.[rows] ?? UNKNOWN, b?.[columns] ?? UNKNOWN]];
}

/** Lists of tensors, and tensors in parts. */
export const listing: ShapeFunctions = {
  TensorListReserve: (c) => listOf(c, elementShape(c, 0)),
  EmptyTensorList: (c) => listOf(c, elementShape(c, 0)),
  TensorListFromTensor: fromTensor,
  TensorListStack: stack,
  TensorListGetItem: (c) => [element(c, 2)],
  TensorListLength: () => [SCALAR],
  DynamicPartition: dynamicPartition,
  SparseTensorDenseMatMul: sparseByDense,
  ...forOps("StringSplit StringSplitV2", () => [[UNKNOWN, 2], [UNKNOWN], [2]]),
};
