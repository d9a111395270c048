import { splitRef } from "../function-ref.ts";
import { type GraphFunction, type GraphNode, splitTensorName } from "../graph-def.ts";
import type { GraphIndex } from "../graph-index.ts";
import { opDef, typesOfArg } from "../op-defs.ts";
import { foldOf } from "./fold-constants.ts";
import { masksOf, sliceRange } from "./ops/slice.ts";
import { concatenate, type Shape, ShapeMismatch, UNKNOWN } from "./shape.ts";
import {
  type ConstantInputs,
  type IntTensor,
  OpenAttr,
  ShapeContext,
  type VariableType,
} from "./shape-context.ts";

/** What is known of the outputs of a node. */
export interface Outputs {
  readonly shapes: readonly Shape[];
  readonly handles?: readonly (VariableType | undefined)[] | undefined;
}

/** What a function is called with. */
export interface Argument {
  readonly shape: Shape;
  readonly handle: VariableType | undefined;
  /** The value where the caller knows it. */
  readonly value: () => IntTensor | undefined;
  readonly asShape: () => Shape;
}

/** A node with what is known of it in one scope. */
export interface Cell {
  readonly node: GraphNode;
  /** What its inputs stand for, control inputs left out; undefined until they are looked up. */
  places: readonly Place[] | undefined;
  /** Undefined until it is worked out. */
  made: Outputs | undefined;
  values: Map<number, IntTensor | undefined> | undefined;
}

/** An output of a node. */
export interface Output {
  readonly cell: Cell;
  readonly index: number;
}

/** What an input stands for: an output of a node, an argument, or nothing that is there. */
export type Place = Output | Argument | undefined;

export const isOutput = (place: Place): place is Output => place !== undefined && "cell" in place;

/** How far constants are followed. */
const MOST_STEPS = 60;

/** The nodes of the graph, or of one call of a function, with what is known of their outputs. */
export class Scope implements ConstantInputs {
  readonly graph: GraphIndex;
  readonly fn: GraphFunction | undefined;
  readonly nodes: readonly GraphNode[];
  readonly #byName: ReadonlyMap<string, GraphNode>;
  readonly #arguments = new Map<string, Argument>();
  readonly #cells = new Map<GraphNode, Cell>();
  readonly #steps: { count: number };

  /** `steps`: how far constants are being followed, through all scopes together. */
  constructor(
    graph: GraphIndex,
    steps: { count: number },
    fn?: GraphFunction,
    given: readonly Argument[] = [],
  ) {
    this.graph = graph;
    this.#steps = steps;
    this.fn = fn;
    this.nodes = fn === undefined ? graph.graph.nodes : fn.nodes;
    this.#byName = fn === undefined ? graph.nodes : graph.body(fn);
    for (const [at, { name }] of fn?.inputs.entries() ?? []) {
      const argument = given[at];
      if (argument !== undefined) this.#arguments.set(name, argument);
    }
  }

  cell(node: GraphNode): Cell {
    let cell = this.#cells.get(node);
    if (cell === undefined) {
      cell = { node, places: undefined, made: undefined, values: undefined };
      this.#cells.set(node, cell);
    }
    return cell;
  }

  places(cell: Cell): readonly Place[] {
    if (cell.places === undefined) {
      const found: Place[] = [];
      for (const input of cell.node.inputs) if (!input.startsWith("^")) this.#locate(input, found);
      cell.places = found;
    }
    return cell.places;
  }

  /** The places behind a name, mostly one: in a function the name of an output of several tensors stands for all of them. */
  #locate(input: string, into: Place[]): void {
    if (this.fn === undefined) {
      const plain = this.#byName.get(input);
      if (plain !== undefined) {
        into.push({ cell: this.cell(plain), index: 0 });
        return;
      }
      const split = splitTensorName(input);
      const node = split === undefined ? undefined : this.#byName.get(split.node);
      into.push(
        split === undefined || node === undefined ? undefined : { cell: this.cell(node), index: split.index },
      );
      return;
    }
    const { name, output, index } = splitRef(input);
    const node = output === undefined ? undefined : this.#byName.get(name);
    if (output === undefined || node === undefined) {
      into.push(this.#arguments.get(name));
      return;
    }
    const called = this.graph.functions.get(node.op);
    if (called !== undefined) {
      const at = called.outputs.findIndex((item) => item.name === output);
      into.push(at < 0 ? undefined : { cell: this.cell(node), index: at });
      return;
    }
    const def = opDef(node.op);
    let first = 0;
    for (const arg of def?.outputs ?? []) {
      const count =
        arg.count === undefined && !arg.list
          ? 1
          : def === undefined
            ? undefined
            : typesOfArg(arg, def, node.attrs)?.length;
      if (arg.name === output && (index !== undefined || count !== undefined)) {
        if (index !== undefined) into.push({ cell: this.cell(node), index: first + Number(index) });
        else
          for (let at = 0; at < (count ?? 0); at++) into.push({ cell: this.cell(node), index: first + at });
        return;
      }
      if (count === undefined) break;
      first += count;
    }
    into.push(undefined);
  }

  shapeAt(place: Place): Shape {
    if (place === undefined) return null;
    return isOutput(place) ? (place.cell.made?.shapes[place.index] ?? null) : place.shape;
  }

  handleAt(place: Place): VariableType | undefined {
    if (place === undefined) return undefined;
    return isOutput(place) ? place.cell.made?.handles?.[place.index] : place.handle;
  }

  /** What `node:output:index`, or an argument's name, stands for as a result. */
  result(ref: string): Place {
    const places: Place[] = [];
    this.#locate(ref, places);
    return places[0];
  }

  context(cell: Cell, outputCount?: number): ShapeContext {
    const places = this.places(cell);
    const shapes = new Array<Shape>(places.length);
    let handles: (VariableType | undefined)[] | undefined;
    for (let at = 0; at < places.length; at++) {
      const place = places[at];
      shapes[at] = this.shapeAt(place);
      const handle = this.handleAt(place);
      if (handle === undefined) continue;
      handles ??= [];
      handles[at] = handle;
    }
    return new ShapeContext(cell.node, shapes, handles ?? NONE, this.graph.graph.producer, outputCount, this);
  }

  value(node: GraphNode, input: number): IntTensor | undefined {
    return this.valueAt(this.places(this.cell(node))[input]);
  }

  valueAt(place: Place): IntTensor | undefined {
    if (place === undefined) return undefined;
    if (!isOutput(place)) return place.value();
    const { cell, index } = place;
    if (cell.values?.has(index)) return cell.values.get(index);
    const fold = this.graph.functions.has(cell.node.op) ? undefined : foldOf(cell.node.op);
    let value: IntTensor | undefined;
    if (fold !== undefined && this.#steps.count < MOST_STEPS) {
      this.#steps.count++;
      try {
        value = fold(this.context(cell), index);
      } catch (error) {
        if (!(error instanceof ShapeMismatch || error instanceof OpenAttr)) throw error;
      } finally {
        this.#steps.count--;
      }
    }
    cell.values ??= new Map();
    cell.values.set(index, value);
    return value;
  }

  asShape(node: GraphNode, input: number): Shape {
    return this.asShapeAt(this.places(this.cell(node))[input]);
  }

  asShapeAt(place: Place): Shape {
    const value = this.valueAt(place);
    if (value !== undefined) return value.shape.length === 1 ? Array.from(value.data) : null;
    if (place === undefined) return null;
    if (!isOutput(place)) return place.asShape();
    if (this.#steps.count >= MOST_STEPS) return null;
    this.#steps.count++;
    try {
      return this.#partly(place.cell, place.index);
    } catch (error) {
      if (error instanceof ShapeMismatch || error instanceof OpenAttr) return null;
      throw error;
    } finally {
      this.#steps.count--;
    }
  }

  /** A vector of which only some elements are known, as a shape. */
  #partly(cell: Cell, index: number): Shape {
    const inputs = this.places(cell);
    switch (cell.node.op) {
      case "Shape":
        return this.shapeAt(inputs[0]);
      case "ShapeN":
        return this.shapeAt(inputs[index]);
      case "VariableShape":
        return this.handleAt(inputs[0])?.shape ?? null;
      case "Cast":
        return this.asShapeAt(inputs[0]);
      case "Pack":
        return inputs.map((input) => {
          const size = this.shapeAt(input)?.length === 0 ? this.valueAt(input)?.data[0] : undefined;
          return size === undefined || size < 0 ? UNKNOWN : size;
        });
      case "ConcatV2":
        return concatenate(...inputs.slice(0, -1).map((input) => this.asShapeAt(input)));
      case "StridedSlice": {
        const c = this.context(cell);
        const whole = this.asShapeAt(inputs[0]);
        const [begin, end, strides] = [c.value(1), c.value(2), c.value(3)];
        const masks = masksOf(c);
        if (whole === null || begin?.data.length !== 1 || end === undefined || strides === undefined)
          return null;
        if (masks.ellipsis !== 0 || masks.newAxis !== 0 || masks.shrink !== 0) return null;
        const step = strides.data[0]!;
        const from = masks.begin === 1 ? undefined : begin.data[0];
        const range =
          step === 0
            ? undefined
            : sliceRange(whole.length, from, masks.end === 1 ? undefined : end.data[0], step);
        if (range === undefined) return null;
        return Array.from({ length: range.count }, (_, at) => whole[range.from + at * step]!);
      }
      default:
        return null;
    }
  }
}

const NONE: readonly never[] = [];
