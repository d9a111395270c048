import { constantInts } from "./constant-tensor.ts";
import { masksOf, sliceRange } from "./ops/slice.ts";
import { dimOf } from "./shape.ts";
import type { IntTensor, ShapeContext } from "./shape-context.ts";

/** Value of an output of a node whose inputs are constant, or whose inputs' shapes are known; undefined where it is not. */
type Fold = (c: ShapeContext, output: number) => IntTensor | undefined;

/** Larger ones stand for no shape. */
const MOST_ELEMENTS = 1000;

const scalarOf = (value: number): IntTensor => ({ shape: [], data: [value] });
const vectorOf = (data: readonly number[]): IntTensor => ({ shape: [data.length], data });

function sizesOf(c: ShapeContext, input: number): IntTensor | undefined {
  const shape = c.input(input);
  return shape === null || shape.some((size) => size < 0) ? undefined : vectorOf(shape);
}

const pairwise =
  (join: (a: number, b: number) => number): Fold =>
  (c) => {
    const a = c.value(0);
    const b = c.value(1);
    if (a === undefined || b === undefined) return undefined;
    const length = Math.max(a.data.length, b.data.length);
    // Scalars with anything, or two of one shape.
    const plain = (value: IntTensor, other: IntTensor): boolean =>
      value.shape.length === 0 || `${value.shape}` === `${other.shape}`;
    if (!plain(a, b) && !plain(b, a)) return undefined;
    if (a.data.length === 0 || b.data.length === 0) return undefined;
    const data = Array.from({ length }, (_, at) =>
      join(a.data[a.shape.length === 0 ? 0 : at]!, b.data[b.shape.length === 0 ? 0 : at]!),
    );
    if (!data.every(Number.isSafeInteger)) return undefined;
    return { shape: a.shape.length === 0 ? b.shape : a.shape, data };
  };

function reduceAll(join: (a: number, b: number) => number, empty: number | undefined): Fold {
  return (c) => {
    const input = c.value(0);
    const axes = c.value(1);
    // Of vectors, to one number.
    if (input?.shape.length !== 1 || axes?.data.length !== 1 || (axes.data[0] !== 0 && axes.data[0] !== -1))
      return undefined;
    const data = Array.from(input.data);
    const made = data.length === 0 ? empty : data.reduce(join);
    if (made === undefined || !Number.isSafeInteger(made)) return undefined;
    return c.bool("keep_dims") ? vectorOf([made]) : scalarOf(made);
  };
}

function joined(values: readonly (IntTensor | undefined)[]): IntTensor | undefined {
  const data: number[] = [];
  for (const value of values) {
    if (value === undefined || value.shape.length > 1) return undefined;
    data.push(...Array.from(value.data));
  }
  return data.length > MOST_ELEMENTS ? undefined : vectorOf(data);
}

/** A range, or one element, of a vector. */
function stridedSlice(c: ShapeContext): IntTensor | undefined {
  const begin = c.value(1);
  const end = c.value(2);
  const strides = c.value(3);
  const masks = masksOf(c);
  if (begin?.data.length !== 1 || end?.data.length !== 1 || strides?.data.length !== 1) return undefined;
  if (masks.ellipsis !== 0 || masks.newAxis !== 0 || strides.data[0] === 0) return undefined;
  if (masks.shrink === 1) {
    // One dimension of a shape may be known though others are not.
    const shape = c.value(0) === undefined ? c.shapeFrom(0) : undefined;
    const value = shape === undefined ? c.value(0) : shape === null ? undefined : vectorOf(shape);
    if (value?.shape.length !== 1) return undefined;
    const at = begin.data[0]!;
    const found = value.data[at < 0 ? at + value.data.length : at];
    return found === undefined || (shape !== undefined && found < 0) ? undefined : scalarOf(found);
  }
  const input = c.value(0);
  if (input?.shape.length !== 1) return undefined;
  const range = sliceRange(
    input.data.length,
    (masks.begin & 1) === 1 ? undefined : begin.data[0]!,
    (masks.end & 1) === 1 ? undefined : end.data[0]!,
    strides.data[0]!,
  );
  if (range === undefined) return undefined;
  return vectorOf(
    Array.from({ length: range.count }, (_, at) => input.data[range.from + at * strides.data[0]!]!),
  );
}

function reshaped(c: ShapeContext): IntTensor | undefined {
  const input = c.value(0);
  const to = c.value(1);
  if (input === undefined || to === undefined) return undefined;
  const dims = Array.from(to.data);
  const known = dims.reduce((product, size) => product * (size < 0 ? 1 : size), 1);
  const shape = dims.map((size) => (size < 0 ? input.data.length / known : size));
  return shape.reduce((product, size) => product * size, 1) === input.data.length
    ? { shape, data: input.data }
    : undefined;
}

function gathered(c: ShapeContext): IntTensor | undefined {
  const params = c.value(0);
  const indices = c.value(1);
  if (params?.shape.length !== 1 || indices === undefined || indices.shape.length > 1) return undefined;
  if (c.node.op === "GatherV2" && c.scalar(2) !== 0) return undefined;
  const data = Array.from(indices.data, (at) => params.data[at]);
  return data.every((value) => value !== undefined) ? { shape: indices.shape, data } : undefined;
}

function range(c: ShapeContext): IntTensor | undefined {
  const [start, limit, delta] = [c.scalar(0), c.scalar(1), c.scalar(2)];
  if (start === undefined || limit === undefined || delta === undefined || delta === 0) return undefined;
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  return length > MOST_ELEMENTS ? undefined : vectorOf(Array.from({ length }, (_, at) => start + at * delta));
}

function filled(value: number | undefined, shape: IntTensor | undefined): IntTensor | undefined {
  if (value === undefined || shape === undefined) return undefined;
  const dims = Array.from(shape.data);
  const count = dims.reduce((product, size) => product * size, 1);
  return count >= 0 && count <= MOST_ELEMENTS
    ? { shape: dims, data: new Array<number>(count).fill(value) }
    : undefined;
}

const INT_TYPES: ReadonlySet<number | undefined> = new Set([3, 9]);

const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>(
  Object.entries({
    Const: (c) => {
      const value = c.attr("value");
      return value?.kind === "tensor" ? constantInts(value.value) : undefined;
    },
    Cast: (c) => (INT_TYPES.has(c.type("DstT")) && INT_TYPES.has(c.type("SrcT")) ? c.value(0) : undefined),
    IdentityN: (c, output) => c.value(output),
    Shape: (c) => sizesOf(c, 0),
    ShapeN: (c, output) => sizesOf(c, output),
    Size: (c) => {
      const sizes = sizesOf(c, 0);
      return sizes === undefined
        ? undefined
        : scalarOf(Array.from(sizes.data).reduce((product, size) => product * size, 1));
    },
    Rank: (c) => {
      const shape = c.input(0);
      return shape === null ? undefined : scalarOf(shape.length);
    },
    Pack: (c) =>
      c.inputs.every((shape) => shape?.length === 0)
        ? joined(c.inputs.map((_, at) => c.value(at)))
        : undefined,
    ConcatV2: (c) => joined(c.inputs.slice(0, -1).map((_, at) => c.value(at))),
    StridedSlice: stridedSlice,
    Reshape: reshaped,
    ExpandDims: (c) => {
      const input = c.value(0);
      return input?.shape.length === 0 && c.value(1) !== undefined
        ? vectorOf(Array.from(input.data))
        : undefined;
    },
    Squeeze: (c) => {
      const input = c.value(0);
      return input?.shape.length === 1 && dimOf(input.shape, 0) === 1 ? scalarOf(input.data[0]!) : undefined;
    },
    ...forFolds("Gather GatherV2", gathered),
    ...forFolds(
      "Add AddV2",
      pairwise((a, b) => a + b),
    ),
    Sub: pairwise((a, b) => a - b),
    Mul: pairwise((a, b) => a * b),
    FloorDiv: pairwise((a, b) => Math.floor(a / b)),
    FloorMod: pairwise((a, b) => a - Math.floor(a / b) * b),
    Maximum: pairwise(Math.max),
    Minimum: pairwise(Math.min),
    Prod: reduceAll((a, b) => a * b, 1),
    Sum: reduceAll((a, b) => a + b, 0),
    Max: reduceAll(Math.max, undefined),
    Min: reduceAll(Math.min, undefined),
    Range: range,
    Fill: (c) => filled(c.scalar(1), c.value(0)),
    ZerosLike: (c) => filled(INT_TYPES.has(c.type("T")) ? 0 : undefined, sizesOf(c, 0)),
    OnesLike: (c) => filled(INT_TYPES.has(c.type("T")) ? 1 : undefined, sizesOf(c, 0)),
    ...forFolds("Identity StopGradient EnsureShape", (c) => c.value(0)),
  } satisfies Record<string, Fold>),
);

function forFolds(names: string, fold: Fold): Record<string, Fold> {
  return Object.fromEntries(names.split(" ").map((name) => [name, fold]));
}

/** What TensorFlow's importer works out of a node that makes a small constant of integers. */
export const foldOf = (op: string): Fold | undefined => folds.get(op);
