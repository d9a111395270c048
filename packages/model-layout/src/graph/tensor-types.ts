import { leavesOpen, outputTypes } from "./check-node.ts";
import { splitRef } from "./function-ref.ts";
import { type GraphFunction, type GraphNode, splitTensorName } from "./graph-def.ts";
import { type GraphIndex, oncePerGraph } from "./graph-index.ts";
import { opDef, typesOfArg } from "./op-defs.ts";

/** Types of what the nodes of a graph make. */
export const tensorTypesOf = /* @__PURE__ */ oncePerGraph((graph) => new TensorTypes(graph));

/** Types of what nodes make, worked out once a node. */
class TensorTypes {
  readonly #graph: GraphIndex;
  readonly #known = new Map<GraphNode, number[] | undefined>();

  constructor(graph: GraphIndex) {
    this.#graph = graph;
  }

  /** Type of a tensor of the main graph. */
  ofTensor(tensor: string): number | undefined {
    const split = splitTensorName(tensor);
    const node = split === undefined ? undefined : this.#graph.nodes.get(split.node);
    if (split === undefined || node === undefined || this.#graph.functions.has(node.op)) return undefined;
    if (!this.#known.has(node)) this.#known.set(node, outputTypes(node));
    return this.#known.get(node)?.[split.index];
  }

  /** Types of what an input in a function's body stands for: an argument, `node:output` or `node:output:index`. */
  ofRef(ref: string, fn: GraphFunction): readonly number[] | undefined {
    const { name, output, index } = splitRef(ref);
    if (output === undefined) {
      const arg = fn.inputs.find((input) => input.name === name);
      return arg === undefined || arg.type === 0 ? undefined : [arg.type];
    }
    const node = this.#graph.body(fn).get(name);
    const def = node === undefined || this.#graph.functions.has(node.op) ? undefined : opDef(node.op);
    const arg = def?.outputs.find((item) => item.name === output);
    if (node === undefined || def === undefined || arg === undefined) return undefined;
    const { attrs } = node;
    if (leavesOpen(attrs)) return undefined;
    const types = typesOfArg(arg, def, attrs);
    if (types === undefined || index === undefined) return types;
    const type = types[Number(index)];
    return type === undefined ? undefined : [type];
  }
}
