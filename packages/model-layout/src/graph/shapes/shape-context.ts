import { byteText } from "../../files/byte-text.ts";
import type { AttrValue } from "../attr-value.ts";
import type { GraphNode } from "../graph-def.ts";
import { MOST_RANK, refuse, type Shape, UNKNOWN, unknownOfRank, withRank } from "./shape.ts";

/** A small constant of integers. */
export interface IntTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What a resource handle stands for. */
export interface VariableType {
  readonly shape: Shape;
  /** DataType number. */
  readonly dtype: number;
}

/** An attribute stands for a value that the caller of the function gives: nothing is known of the node. */
export class OpenAttr extends Error {}

/** What a node is asked for beyond the shapes of its inputs. */
export interface ConstantInputs {
  /** The value of an input where it is constant. */
  value(node: GraphNode, input: number): IntTensor | undefined;
  /** An input taken for a shape, dimension by dimension as far as they are known. */
  asShape(node: GraphNode, input: number): Shape;
}

/** A node as its shape function sees it. */
export class ShapeContext {
  readonly node: GraphNode;
  /** Shapes of its inputs, control inputs left out. */
  readonly inputs: readonly Shape[];
  /** Variables behind its inputs. */
  readonly handles: readonly (VariableType | undefined)[];
  /** Version of the GraphDef. */
  readonly producer: number;
  readonly outputCount: number | undefined;
  /** Variables behind its outputs, where the shape function knows some. */
  outputHandles: readonly (VariableType | undefined)[] | undefined;
  readonly #constants: ConstantInputs;

  constructor(
    node: GraphNode,
    inputs: readonly Shape[],
    handles: readonly (VariableType | undefined)[],
    producer: number,
    outputCount: number | undefined,
    constants: ConstantInputs,
  ) {
    this.node = node;
    this.inputs = inputs;
    this.handles = handles;
    this.producer = producer;
    this.outputCount = outputCount;
    this.#constants = constants;
  }

  input(at: number): Shape {
    return this.inputs[at] ?? null;
  }

  value(at: number): IntTensor | undefined {
    return this.#constants.value(this.node, at);
  }

  /** Value of an input of one element. */
  scalar(at: number): number | undefined {
    const value = this.value(at);
    return value?.data.length === 1 ? value.data[0] : undefined;
  }

  /**
   * A scalar input that is an axis, counted from the front of a tensor of this rank; undefined where it is not known.
   * @throws ShapeMismatch
   */
  axis(at: number, rank: number | undefined): number | undefined {
    withRank(this.input(at), 0, "the axis");
    const value = this.scalar(at);
    if (value === undefined || value >= 0) return value;
    if (rank === undefined) return undefined;
    return value + rank < 0 ? refuse(`axis ${value} is beyond the rank ${rank}`) : value + rank;
  }

  /** A scalar input that is a size. @throws ShapeMismatch */
  size(at: number): number {
    withRank(this.input(at), 0, `input ${at}`);
    const value = this.scalar(at);
    if (value === undefined) return UNKNOWN;
    return value < 0 ? refuse(`input ${at} is a size and must not be ${value}`) : value;
  }

  /** An input taken for a shape. @throws ShapeMismatch */
  shapeFrom(at: number): Shape {
    const own = this.input(at);
    withRank(own, 1, "the shape");
    const known = this.#constants.asShape(this.node, at);
    if (known?.some((size) => size < UNKNOWN)) refuse(`the shape [${known.join(",")}] has a negative size`);
    if (known !== null || own === null || own[0]! < 0 || own[0]! > MOST_RANK) return known;
    return unknownOfRank(own[0]!);
  }

  attr(name: string): AttrValue | undefined {
    const value = this.node.attr(name);
    if (value?.kind === "placeholder") throw new OpenAttr();
    return value;
  }

  int(name: string, fallback: number): number {
    const value = this.attr(name);
    return value?.kind === "i" ? Number(value.value) : fallback;
  }

  bool(name: string, fallback = false): boolean {
    const value = this.attr(name);
    return value?.kind === "b" ? value.value : fallback;
  }

  type(name: string): number | undefined {
    const value = this.attr(name);
    return value?.kind === "type" ? value.value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.attr(name);
    return value?.kind === "s" ? byteText(value.value) : undefined;
  }

  ints(name: string): readonly number[] {
    const value = this.attr(name);
    return value?.kind === "list" ? value.value.i.map(Number) : [];
  }

  shape(name: string): Shape {
    const value = this.attr(name);
    return value?.kind === "shape" ? value.value : null;
  }

  shapes(name: string): readonly Shape[] {
    const value = this.attr(name);
    return value?.kind === "list" ? value.value.shape : [];
  }
}

/** Shapes of a node's outputs; those that are left out, or all, are unknown. @throws ShapeMismatch, OpenAttr */
export type ShapeFunction = (context: ShapeContext) => readonly Shape[] | undefined;

export type ShapeFunctions = Readonly<Record<string, ShapeFunction>>;

/** One function for several ops, whose names stand in one string. */
export function forOps(names: string, fn: ShapeFunction): ShapeFunctions {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, fn]),
  );
}
