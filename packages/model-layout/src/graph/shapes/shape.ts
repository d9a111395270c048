import { type PartialShape, showShape } from "@servable/tensors";

/** A shape as far as it is known: null where even the rank is not, -1 for a dimension of any size. */
export type Shape = PartialShape;

/** A dimension of any size. */
export const UNKNOWN = -1;

/** Why a shape function refuses its inputs; continues "node x (Op) can't take …: ". */
export class ShapeMismatch extends Error {}

export function refuse(reason: string): never {
  throw new ShapeMismatch(reason);
}

/** TensorShape::MaxDimensions. */
export const MOST_RANK = 254;

export const SCALAR: Shape = [];

export const unknownOfRank = (rank: number): number[] => new Array<number>(rank).fill(UNKNOWN);

/** Whether two partial shapes can describe one tensor. */
export function compatible(a: Shape, b: Shape): boolean {
  if (a === null || b === null) return true;
  if (a.length !== b.length) return false;
  for (let dim = 0; dim < a.length; dim++)
    if (a[dim]! >= 0 && b[dim]! >= 0 && a[dim] !== b[dim]) return false;
  return true;
}

/** What two descriptions of one dimension say together. @throws ShapeMismatch */
export function mergeDims(a: number, b: number): number {
  if (a < 0) return b;
  if (b >= 0 && a !== b) refuse(`dimensions ${a} and ${b} must be equal`);
  return a;
}

/** What two descriptions of one shape say together. @throws ShapeMismatch */
export function merge(a: Shape, b: Shape): Shape {
  if (a === null || a === b) return b;
  if (b === null) return a;
  if (a.length !== b.length || !compatible(a, b))
    refuse(`shapes ${showShape(a)} and ${showShape(b)} must be equal`);
  return a.some((size) => size < 0) ? a.map((size, dim) => (size < 0 ? b[dim]! : size)) : a;
}

/** @throws ShapeMismatch */
export function withRank(shape: Shape, rank: number, what: string): Shape {
  if (shape !== null && shape.length !== rank)
    refuse(`${what} must be of rank ${rank}, but its shape is ${showShape(shape)}`);
  return shape;
}

/** @throws ShapeMismatch */
export function atLeastRank(shape: Shape, rank: number, what: string): Shape {
  if (shape !== null && shape.length < rank)
    refuse(
      `${what} must have at least ${rank} dimension${rank === 1 ? "" : "s"}, but its shape is ${showShape(shape)}`,
    );
  return shape;
}

/** @throws ShapeMismatch */
export function atMostRank(shape: Shape, rank: number, what: string): Shape {
  if (shape !== null && shape.length > rank)
    refuse(
      `${what} must have at most ${rank} dimension${rank === 1 ? "" : "s"}, but its shape is ${showShape(shape)}`,
    );
  return shape;
}

/** Size of a dimension, counted from the end where negative; unknown beyond the rank. */
export const dimOf = (shape: Shape, dim: number): number =>
  shape === null ? UNKNOWN : (shape[dim < 0 ? dim + shape.length : dim] ?? UNKNOWN);

export const addDims = (a: number, b: number): number => (a < 0 || b < 0 ? UNKNOWN : a + b);

export const multiplyDims = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : a < 0 || b < 0 ? UNKNOWN : a * b;

/** @throws ShapeMismatch where the result would be negative */
export function subtractDims(a: number, b: number): number {
  if (b === 0) return a;
  if (a < 0 || b < 0) return UNKNOWN;
  if (a < b) refuse(`${a} - ${b} would be a negative size`);
  return a - b;
}

/** @throws ShapeMismatch where a known size is no multiple */
export function divideEvenly(size: number, by: number): number {
  if (by === 1) return size;
  if (by <= 0) refuse(`a dimension can't be divided by ${by}`);
  if (size < 0) return UNKNOWN;
  if (size % by !== 0) refuse(`a dimension of ${size} can't be divided by ${by}`);
  return size / by;
}

/** How many elements, or unknown. */
export function elementsOf(shape: Shape): number {
  if (shape === null) return UNKNOWN;
  let count = 1;
  for (const size of shape) {
    if (size < 0) return UNKNOWN;
    count *= size;
  }
  return count;
}

export const concatenate = (...shapes: readonly Shape[]): Shape => {
  const dims: number[] = [];
  for (const shape of shapes) {
    if (shape === null) return null;
    dims.push(...shape);
  }
  return dims;
};

/** Part of a shape, as Array.slice takes it. */
export const part = (shape: Shape, from: number, to?: number): Shape =>
  shape === null ? null : shape.slice(from, to);

export function replaceDim(shape: Shape, dim: number, size: number): Shape {
  if (shape === null) return null;
  const dims = [...shape];
  dims[dim < 0 ? dim + dims.length : dim] = size;
  return dims;
}

/** Shape of what is made of two tensors element by element, as NumPy joins them. @throws ShapeMismatch */
export function broadcast(a: Shape, b: Shape): Shape {
  if (a === null || b === null) return null;
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const rank = Math.max(a.length, b.length);
  const dims = new Array<number>(rank);
  for (let at = 0; at < rank; at++) {
    const x = a[at - rank + a.length] ?? 1;
    const y = b[at - rank + b.length] ?? 1;
    if (x === 1 || y === 1) dims[at] = x === 1 ? y : x;
    else if (x >= 0 && y >= 0) dims[at] = mergeDims(x, y);
    // A size that is no 1 decides: the other must be the same, or 1.
    else dims[at] = Math.max(x, y) > 1 ? Math.max(x, y) : UNKNOWN;
  }
  return dims;
}
