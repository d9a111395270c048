import type { PartialShape } from "./tensor.ts";

/** Whether a concrete shape is one that a signature's shape allows: same rank, equal where known. */
export function shapeMatches(shape: readonly number[], pattern: PartialShape): boolean {
  if (pattern === null) return true;
  if (pattern.length !== shape.length) return false;
  return pattern.every((size, axis) => size < 0 || size === shape[axis]);
}

/** `[?,224,224,3]`, or `unknown rank`. */
export function showShape(shape: PartialShape): string {
  return shape === null ? "unknown rank" : `[${shape.map((size) => (size < 0 ? "?" : size)).join(",")}]`;
}
