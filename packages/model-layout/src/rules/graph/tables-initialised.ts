import type { GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { count, folder, quoted, some, versionRule } from "../model-rule.ts";
import { callable, signatureFile, tensorNames } from "../signature/signatures.ts";

/** Tables that take no lookup before something has filled them; mutable ones are ready as they are. */
const TABLES: ReadonlySet<string> = new Set(["HashTable", "HashTableV2"]);

const FILLS = /^(?:InitializeTable|LookupTableImport)/;

/** What makes two nodes one table; undefined for a node that makes none. */
function tableId(node: GraphNode, graph: GraphIndex): string | undefined {
  if (TABLES.has(node.op)) {
    const text = (name: string): string => {
      const attr = node.attr(name);
      return attr?.kind === "s" ? new TextDecoder().decode(attr.value) : "";
    };
    return `${text("container")}\n${text("shared_name") || node.name}`;
  }
  // A model that was loaded and saved again makes its tables in functions.
  if (node.op !== "StatefulPartitionedCall" || node.inputs.some((input) => !input.startsWith("^")))
    return undefined;
  const bodies = [...graph.reachableFunctions([node])].map(({ nodes }) => nodes);
  const makes = (ops: (op: string) => boolean): boolean =>
    bodies.some((nodes) => nodes.some(({ op }) => ops(op)));
  const called = node.attr("f");
  return called?.kind === "func" && makes((op) => TABLES.has(op)) && !makes((op) => FILLS.test(op))
    ? `function\n${called.value}`
    : undefined;
}

/** Tables that nodes fill, themselves or in a function that they hand them to. */
function filled(graph: GraphIndex, nodes: Iterable<GraphNode>): Set<string> {
  const ids = new Set<string>();
  for (const node of nodes) {
    const fills =
      FILLS.test(node.op) ||
      [...graph.reachableFunctions([node])].some((fn) => fn.nodes.some(({ op }) => FILLS.test(op)));
    if (!fills) continue;
    for (const input of node.inputs) {
      const from = graph.nodeOf(input);
      const id = from === undefined ? undefined : tableId(from, graph);
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}

export const rule = versionRule({
  id: "graph/tables-initialised",
  level: "graph",
  summary: "every lookup table that a signature reads is filled when the model loads",
  severity: "error",
  effect: "request-fails",
  why: "Hash tables are filled by the initialiser that the model names. One that the initialiser does not come to stays empty: the model loads, is reported AVAILABLE, and requests that look something up fail.",
  mend: "Export with the initialiser: tf.saved_model.save tracks tables of the module, TF1 takes main_op=tf.compat.v1.tables_initializer().",
  evidence: [
    "tensorflow/core/framework/lookup_interface.h",
    "TensorFlow 2.17.1: such models load, lookups fail",
  ],
  logTexts: ["Table not initialized."],
  examples: {
    bad: [folder("no initialiser", { "m/1/saved_model.pb": "HashTableV2 and a lookup, no main_op" })],
    good: [folder("an initialiser", { "m/1/saved_model.pb": "main_op with InitializeTableV2" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined) return;
    // An initialiser that is not there: graph/restore-and-init-exist.
    if (meta.initOp?.ops.some((op) => graph.nodeOf(op) === undefined) === true) return;
    let ready: ReadonlySet<string> | undefined;
    for (const [name, { outputs }] of callable(context)) {
      const nodes = graph.ancestors([...outputs.values()].flatMap((info) => [...tensorNames(info)]));
      const tables = new Map<string, string>();
      for (const node of nodes) {
        const id = tableId(node, graph);
        if (id !== undefined) tables.set(id, node.name);
      }
      if (tables.size === 0) continue;
      ready ??= filled(graph, graph.ancestors([...(meta.initOp?.ops ?? []), meta.saver?.restoreOp ?? ""]));
      const known = ready;
      if ([...tables.keys()].every((id) => known.has(id))) continue;
      const own = filled(graph, nodes);
      const names = [...tables].filter(([id]) => !known.has(id) && !own.has(id)).map(([, node]) => node);
      if (names.length === 0) continue;
      yield {
        file: signatureFile(context),
        message: `signature ${quoted(name)} reads ${count(names.length, "table")} that nothing fills when the model loads: ${some(names)}`,
        help: "The model loads and every lookup fails with `Table not initialized`. Export the model with its initialiser (main_op in TF1).",
      };
    }
  },
});
