import { byteText } from "../../files/byte-text.ts";
import type { GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import type { AssetRef } from "../../saved-model/meta-graph.ts";
import type { VersionContext } from "../version-context.ts";

/** A node that reads a vocabulary file into a table while the model loads. */
export interface TableInit {
  readonly node: GraphNode;
  /** Column of the keys and values: -2 the whole line, -1 the line's number, else a column. */
  readonly keyIndex: number;
  readonly valueIndex: number;
  readonly delimiter: string;
  /** Lines that the table was exported with; -1 where it takes them all. */
  readonly vocabSize: number;
  /** DataTypes of the table, where its node is found. */
  readonly keyType: number | undefined;
  readonly valueType: number | undefined;
}

const INIT_OPS = new Set(["InitializeTableFromTextFileV2", "InitializeTableFromTextFile"]);

function initOf(node: GraphNode, table: GraphNode | undefined): TableInit {
  const int = (name: string, absent = 0): number => {
    const attr = node.attr(name);
    return attr?.kind === "i" ? Number(attr.value) : absent;
  };
  const type = (name: string): number | undefined => {
    const attr = table?.attr(name);
    return attr?.kind === "type" ? attr.value : undefined;
  };
  const delimiter = node.attr("delimiter");
  return {
    node,
    keyIndex: int("key_index"),
    valueIndex: int("value_index"),
    delimiter: delimiter?.kind === "s" ? byteText(delimiter.value) : "\t",
    vocabSize: int("vocab_size", -1),
    keyType: type("key_dtype"),
    valueType: type("value_dtype"),
  };
}

/**
 * What reads an asset when the model is initialised: the table initialisers (in the graph or in functions that it
 * calls) that are fed its tensor, and whether anything at all does.
 */
export function assetUse(
  context: VersionContext,
  asset: AssetRef,
): { readonly reads: boolean; readonly tables: readonly TableInit[] } {
  const { graph, meta } = context;
  const node = graph?.nodeOf(asset.tensor);
  if (graph === undefined || node === undefined || meta?.initOp === undefined)
    return { reads: false, tables: [] };
  const tables: TableInit[] = [];
  let reads = false;
  const follow = (
    nodes: Iterable<GraphNode>,
    carries: (input: string) => boolean,
    source: (input: string) => GraphNode | undefined,
    depth: number,
  ): void => {
    for (const user of nodes) {
      const fed = user.inputs.map((input, at) => (carries(input) ? at : -1)).filter((at) => at >= 0);
      if (fed.length === 0) continue;
      if (INIT_OPS.has(user.op)) {
        reads = true;
        tables.push(initOf(user, source(user.inputs[0] ?? "")));
      } else if (user.op === "ReadFile") reads = true;
      if (depth > 20) continue;
      for (const name of graph.functionsOf(user)) {
        const fn = graph.functions.get(name);
        if (fn === undefined) continue;
        const names = new Set(fed.map((at) => fn.inputs[at]?.name));
        const outer = (input: string): GraphNode | undefined => {
          const at = fn.inputs.findIndex((arg) => arg.name === input);
          return at < 0 ? graph.body(fn).get(input.split(":")[0] ?? "") : source(user.inputs[at] ?? "");
        };
        follow(fn.nodes, carriesIn(fn.nodes, names), outer, depth + 1);
      }
    }
  };
  const reached = graph.ancestors(meta.initOp.ops);
  const same = aliases(graph, node);
  follow(
    reached,
    (input) =>
      !input.startsWith("^") && same.has(graph.nodeOf(input) ?? node) && graph.nodeOf(input) !== undefined,
    (input) => graph.nodeOf(input),
    0,
  );
  return { reads, tables };
}

/**
 * The nodes that carry the asset's path: its own, Identity behind it, and in TF2 the variable that it is assigned to
 * with what reads that variable.
 */
function aliases(graph: GraphIndex, node: GraphNode): Set<GraphNode> {
  const same = new Set([node]);
  const from = (input: string | undefined): boolean => {
    const source = input === undefined || input.startsWith("^") ? undefined : graph.nodeOf(input);
    return source !== undefined && same.has(source);
  };
  for (let grown = true; grown; ) {
    const before = same.size;
    for (const other of graph.graph.nodes) {
      if ((other.op === "Identity" || other.op === "ReadVariableOp") && from(other.inputs[0]))
        same.add(other);
      if (other.op === "AssignVariableOp" && from(other.inputs[1])) {
        const variable = graph.nodeOf(other.inputs[0] ?? "");
        if (variable !== undefined) same.add(variable);
      }
    }
    grown = same.size > before;
  }
  return same;
}

function carriesIn(
  nodes: readonly GraphNode[],
  names: ReadonlySet<string | undefined>,
): (input: string) => boolean {
  const carried = new Set(names);
  for (const node of nodes) {
    if (
      (node.op === "Identity" || node.op === "ReadVariableOp") &&
      carried.has(node.inputs[0]?.split(":")[0])
    )
      carried.add(node.name);
  }
  return (input) => !input.startsWith("^") && carried.has(input.split(":")[0]);
}
