import { type DType, decodeTensorProto, dtypeOf, type Tensor, TensorError } from "@servable/tensors";
import { type GraphNode, splitTensorName } from "../graph/graph-def.ts";
import type { GraphIndex, PlacedNode } from "../graph/graph-index.ts";

/** A feature that a graph takes out of an Example. */
export interface ParsedFeature {
  readonly dtype: DType;
  /** Values of one Example; 1 where any number is taken. */
  readonly count: number;
  /** An Example without it is refused. */
  readonly isRequired: boolean;
}

/** What a graph takes out of the Examples, or SequenceExamples, that it is given. */
export interface ParsedExample {
  /** Features by name; of a SequenceExample those of its context. */
  readonly features: ReadonlyMap<string, ParsedFeature>;
  /** Feature lists of a SequenceExample; undefined for an Example. */
  readonly lists?: ReadonlyMap<string, ParsedFeature>;
}

/** Where an op has the names of some features: an attribute, or the place among {@link ParseOp.inputs}. */
interface Group {
  readonly keys: string | number;
  /** Place of the default values; one without elements makes its feature a required one. */
  readonly defaults?: number;
  readonly types: string;
  readonly shapes?: string;
  readonly inList?: true;
}

interface ParseOp {
  /** How many tensors each of its first inputs is: 1, or an attribute with the number. */
  readonly inputs: readonly (1 | string)[];
  readonly groups: readonly Group[];
}

const DENSE = { types: "Tdense", shapes: "dense_shapes" };
const CONTEXT = { types: "Tcontext_dense", shapes: "context_dense_shapes" };
const LIST = {
  types: "feature_list_dense_types",
  shapes: "feature_list_dense_shapes",
  inList: true,
} as const;

/** tensorflow/core/ops/parsing_ops.cc */
const PARSE_OPS: Readonly<Record<string, ParseOp>> = {
  ParseExample: {
    inputs: [1, 1, "Nsparse", "Ndense"],
    groups: [
      { keys: 2, types: "sparse_types" },
      { keys: 3, defaults: 4, ...DENSE },
    ],
  },
  ParseExampleV2: {
    inputs: [1, 1, 1, 1, 1],
    groups: [
      { keys: 2, types: "sparse_types" },
      { keys: 3, defaults: 5, ...DENSE },
      { keys: 4, types: "ragged_value_types" },
    ],
  },
  ParseSingleExample: {
    inputs: [1],
    groups: [
      { keys: "sparse_keys", types: "sparse_types" },
      { keys: "dense_keys", defaults: 1, ...DENSE },
    ],
  },
  ParseSequenceExample: {
    inputs: [1, 1],
    groups: [
      { keys: "context_sparse_keys", types: "context_sparse_types" },
      { keys: "context_dense_keys", defaults: 2, ...CONTEXT },
      { keys: "feature_list_sparse_keys", types: "feature_list_sparse_types", inList: true },
      { keys: "feature_list_dense_keys", ...LIST },
    ],
  },
  ParseSequenceExampleV2: {
    inputs: [1, 1, 1, 1, 1, 1, 1, 1, 1],
    groups: [
      { keys: 2, types: "context_sparse_types" },
      { keys: 3, defaults: 9, ...CONTEXT },
      { keys: 4, types: "context_ragged_value_types" },
      { keys: 5, types: "feature_list_sparse_types", inList: true },
      { keys: 6, ...LIST },
      { keys: 7, types: "feature_list_ragged_value_types", inList: true },
    ],
  },
  ParseSingleSequenceExample: {
    inputs: [1, 1, "Ncontext_sparse", "Ncontext_dense", "Nfeature_list_sparse", "Nfeature_list_dense"],
    groups: [
      { keys: 2, types: "context_sparse_types" },
      { keys: 3, defaults: 6, ...CONTEXT },
      { keys: 4, types: "feature_list_sparse_types", inList: true },
      { keys: 5, ...LIST },
    ],
  },
};

const decoder = new TextDecoder();

/** Of more values than this nothing is made up. */
const MOST_VALUES = 1 << 20;

/**
 * What the nodes that parse Examples take out of them, all together; undefined where none does, or where the names are
 * not written in the graph.
 * @throws WireError
 */
export function parsedExample(graph: GraphIndex, nodes: Iterable<PlacedNode>): ParsedExample | undefined {
  const features = new Map<string, ParsedFeature>();
  const lists = new Map<string, ParsedFeature>();
  let parses = false;
  let sequences = false;
  for (const placed of nodes) {
    const op = PARSE_OPS[placed.node.op];
    if (op === undefined) continue;
    parses = true;
    sequences ||= placed.node.op.includes("Sequence");
    for (const group of op.groups) {
      const names = namesOf(graph, placed, op, group.keys);
      const types = listAttr(placed.node, group.types)?.type ?? [];
      const shapes = group.shapes === undefined ? [] : (listAttr(placed.node, group.shapes)?.shape ?? []);
      if (names === undefined) return undefined;
      for (const [index, name] of names.entries()) {
        const dtype = dtypeOf(types[index] ?? 0);
        const count = (shapes[index] ?? []).reduce((product, size) => product * Math.max(1, size), 1);
        if (dtype === undefined || count > MOST_VALUES) return undefined;
        const isRequired =
          group.defaults !== undefined &&
          isEmpty(graph, placed, inputAt(placed.node, op, group.defaults) + index);
        (group.inList === true ? lists : features).set(name, { dtype, count, isRequired });
      }
    }
  }
  if (!parses) return undefined;
  return sequences ? { features, lists } : { features };
}

const listAttr = (node: GraphNode, name: string) => {
  const attr = node.attr(name);
  return attr?.kind === "list" ? attr.value : undefined;
};

function namesOf(
  graph: GraphIndex,
  placed: PlacedNode,
  op: ParseOp,
  keys: string | number,
): readonly string[] | undefined {
  const { node } = placed;
  if (typeof keys === "string") return listAttr(node, keys)?.s.map((bytes) => decoder.decode(bytes));
  const at = inputAt(node, op, keys);
  const names: string[] = [];
  for (const input of node.inputs.slice(at, at + countOf(node, op.inputs[keys]!))) {
    const texts = constantTexts(graph, placed, input);
    if (texts === undefined) return undefined;
    names.push(...texts);
  }
  return names;
}

/** Where among a node's inputs those of a place begin. */
const inputAt = (node: GraphNode, op: ParseOp, place: number): number =>
  op.inputs.slice(0, place).reduce((sum, slot) => sum + countOf(node, slot), 0);

function countOf(node: GraphNode, slot: 1 | string): number {
  if (slot === 1) return 1;
  const attr = node.attr(slot);
  return attr?.kind === "i" ? Number(attr.value) : 0;
}

/** The tensor that a node has as an input, where that is a constant. */
function constantOf(graph: GraphIndex, { fn }: PlacedNode, input: string): Tensor | undefined {
  const node =
    fn === undefined
      ? graph.nodes.get(splitTensorName(input)?.node ?? "")
      : graph.body(fn).get(input.split(":")[0] ?? "");
  const value = node?.op === "Const" ? node.attr("value") : undefined;
  if (value?.kind !== "tensor") return undefined;
  try {
    return decodeTensorProto(value.value, { maxFilledBytes: MOST_VALUES });
  } catch (error) {
    if (error instanceof TensorError) return undefined;
    throw error;
  }
}

function constantTexts(graph: GraphIndex, placed: PlacedNode, input: string): readonly string[] | undefined {
  const tensor = constantOf(graph, placed, input);
  return tensor?.dtype === "DT_STRING"
    ? (tensor.data as readonly Uint8Array[]).map((bytes) => decoder.decode(bytes))
    : undefined;
}

const isEmpty = (graph: GraphIndex, placed: PlacedNode, at: number): boolean =>
  constantOf(graph, placed, placed.node.inputs[at] ?? "")?.shape.includes(0) === true;
