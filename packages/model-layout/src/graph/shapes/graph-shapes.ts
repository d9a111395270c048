import { showShape } from "@servable/tensors";
import { type GraphFunction, type GraphNode, splitTensorName } from "../graph-def.ts";
import { type GraphIndex, oncePerGraph } from "../graph-index.ts";
import { outputCount } from "../output-count.ts";
import { shapeFunction } from "./op-shapes.ts";
import { type Argument, type Cell, isOutput, type Outputs, Scope } from "./scope.ts";
import { compatible, MOST_RANK, merge, type Shape, ShapeMismatch } from "./shape.ts";
import { OpenAttr, type ShapeContext } from "./shape-context.ts";

/** A node that TensorFlow's shape functions refuse, or whose shape is another than the exporter noted. */
export interface ShapeProblem {
  readonly node: GraphNode;
  /** Function whose body the node is in. */
  readonly fn: GraphFunction | undefined;
  /** refused: by the op's shape function; noted: against `_output_shapes`. */
  readonly kind: "refused" | "noted";
  /** Continues "node x (Op) ". */
  readonly message: string;
}

/** How often a node may be looked at, those of a function again at each call: enough for any export, and an end for graphs made to have none. */
const MOST_LOOKS = 20;
/** How deep calls are followed. */
const MOST_DEPTH = 60;

const NOTHING: Outputs = { shapes: [] };

/** Shapes of what the nodes of a graph make. */
export const shapesOf = /* @__PURE__ */ oncePerGraph((graph) => new GraphShapes(graph));

/**
 * Shapes of all tensors of a graph, worked out from its sources as TensorFlow's importer does (ImportGraphDef with
 * ShapeRefiner): through plain calls into the functions' bodies, but those that save a model; what branches and loops give is
 * as noted at them.
 * Ops that are not known here make tensors of unknown shape.
 */
export class GraphShapes {
  readonly #graph: GraphIndex;
  readonly #given: ReadonlyMap<GraphNode, Outputs> | undefined;
  readonly #problems: ShapeProblem[] = [];
  readonly #told = new Set<GraphNode>();
  #main: Scope | undefined;
  readonly #steps = { count: 0 };
  #looksLeft: number;

  /** `given`: what some nodes make instead, as when a server runs the graph; nothing is then held against what was noted. */
  constructor(graph: GraphIndex, given?: ReadonlyMap<GraphNode, Outputs>) {
    this.#graph = graph;
    this.#given = given;
    const { nodes, functions } = graph.graph;
    this.#looksLeft = 1000 + MOST_LOOKS * functions.reduce((sum, fn) => sum + fn.nodes.length, nodes.length);
  }

  /** What does not fit, each node once. @throws WireError */
  get problems(): readonly ShapeProblem[] {
    this.#run();
    return this.#problems;
  }

  /** Shape of a tensor of the main graph, or undefined where there is no such tensor. @throws WireError */
  ofTensor(tensor: string): Shape | undefined {
    const split = splitTensorName(tensor);
    const node = split === undefined ? undefined : this.#graph.nodes.get(split.node);
    if (split === undefined || node === undefined) return undefined;
    return this.#run().cell(node).made?.shapes[split.index] ?? null;
  }

  #run(): Scope {
    if (this.#main === undefined) {
      this.#main = new Scope(this.#graph, this.#steps);
      this.#inferAll(this.#main, 0);
    }
    return this.#main;
  }

  /** Every node after those that it takes inputs from; of a cycle one goes without. */
  #inferAll(scope: Scope, depth: number): void {
    const todo: Cell[] = [];
    for (const root of scope.nodes) {
      todo.push(scope.cell(root));
      for (let cell = todo.at(-1); cell !== undefined; cell = todo.at(-1)) {
        if (cell.made === undefined && cell.places === undefined) {
          const before = todo.length;
          for (const place of scope.places(cell))
            if (isOutput(place) && place.cell.places === undefined) todo.push(place.cell);
          if (todo.length > before) continue;
        }
        todo.pop();
        cell.made ??= this.#infer(cell, scope, depth);
      }
    }
  }

  #infer(cell: Cell, scope: Scope, depth: number): Outputs {
    if (this.#looksLeft-- <= 0) return NOTHING;
    const made = this.#given?.get(cell.node) ?? this.#call(cell, scope, depth) ?? this.#apply(cell, scope);
    return this.#given === undefined ? this.#compareWithNoted(cell.node, scope, made) : made;
  }

  /** What the op's shape function says. */
  #apply(cell: Cell, scope: Scope): Outputs {
    const { node } = cell;
    const fn = shapeFunction(node.op);
    if (fn === undefined || this.#graph.functions.has(node.op)) return NOTHING;
    const counted = COUNTED.has(node.op) ? outputCount(node, this.#graph) : undefined;
    const context = scope.context(cell, counted);
    try {
      const shapes = fn(context) ?? [];
      return {
        // Beyond it no tensor is possible.
        shapes: shapes.some((shape) => shape !== null && shape.length > MOST_RANK) ? [] : shapes,
        handles: context.outputHandles,
      };
    } catch (error) {
      if (error instanceof ShapeMismatch) this.#tell(node, scope, "refused", refusal(context, error.message));
      else if (!(error instanceof OpenAttr)) throw error;
      return NOTHING;
    }
  }

  /** What a plain call gives: the results of the function's body, or undefined for another node. */
  #call(cell: Cell, scope: Scope, depth: number): Outputs | undefined {
    const { node } = cell;
    const { functions } = this.#graph;
    const attr = node.op.endsWith("PartitionedCall") ? node.attr("f") : undefined;
    const fn = attr?.kind === "func" ? functions.get(attr.value) : functions.get(node.op);
    if (fn === undefined) return undefined;
    const off = node.attr("_disable_call_shape_inference");
    if ((off?.kind === "b" && off.value) || depth >= MOST_DEPTH) return NOTHING;
    // No server saves a model.
    if (fn.nodes.some(({ op }) => op === "SaveV2")) return NOTHING;
    // Arguments of a type that hangs on an attribute may be any number of tensors.
    if (fn.inputs.some(({ type }) => type === 0)) return NOTHING;
    const given = scope.places(cell).map(
      (place): Argument => ({
        shape: scope.shapeAt(place),
        handle: scope.handleAt(place),
        value: () => scope.valueAt(place),
        asShape: () => scope.asShapeAt(place),
      }),
    );
    const body = new Scope(this.#graph, this.#steps, fn, given);
    this.#inferAll(body, depth + 1);
    const results = fn.outputs.map(({ name }) => body.result(fn.ret.get(name) ?? ""));
    return {
      shapes: results.map((place) => body.shapeAt(place)),
      handles: results.map((place) => body.handleAt(place)),
    };
  }

  /** The importer holds what it works out against what the exporter noted, and believes both; in functions nobody does. */
  #compareWithNoted(node: GraphNode, scope: Scope, made: Outputs): Outputs {
    const attr = node.attr("_output_shapes");
    const noted = attr?.kind === "list" ? attr.value.shape : undefined;
    if (noted === undefined) return made;
    let shapes: Shape[] | undefined;
    for (let at = 0; at < noted.length; at++) {
      const shape = noted[at]!;
      const own = made.shapes[at] ?? null;
      const fits = compatible(own, shape);
      if (!fits)
        this.#tell(
          node,
          scope,
          "noted",
          `gives the shape ${showShape(own)}${noted.length > 1 ? ` as output ${at}` : ""}, but _output_shapes says ${showShape(shape)}`,
        );
      if (scope.fn !== undefined) continue;
      // What is in doubt is not held against what comes after it.
      const both = fits ? merge(own, shape) : null;
      if (both === own) continue;
      shapes ??= [...made.shapes];
      while (shapes.length < at) shapes.push(null);
      shapes[at] = both;
    }
    return shapes === undefined ? made : { shapes, handles: made.handles };
  }

  #tell(node: GraphNode, scope: Scope, kind: ShapeProblem["kind"], message: string): void {
    if (this.#told.has(node)) return;
    this.#told.add(node);
    this.#problems.push({ node, fn: scope.fn, kind, message });
  }
}

/** Ops whose shape function counts the outputs. */
const COUNTED: ReadonlySet<string> = new Set([
  "If",
  "StatelessIf",
  "Case",
  "StatelessCase",
  "While",
  "StatelessWhile",
]);

function refusal({ inputs }: ShapeContext, reason: string): string {
  if (inputs.length === 0) return `can't be: ${reason}`;
  const more = inputs.length > 6 ? ` and ${inputs.length - 6} more` : "";
  return `can't take inputs of shape ${inputs.slice(0, 6).map(showShape).join(", ")}${more}: ${reason}`;
}
