import { nearest } from "@servable/diagnostics";
import type { GraphNode } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/functions-exist",
  level: "graph",
  summary: "every function that a node calls is in the function library",
  severity: "error",
  effect: "load-fails",
  why: "A call of a function that the library lacks fails the load (or the first request, when only a branch calls it).",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1's loader on such a graph"],
  logTexts: ['Failed to find function "…" in function library: …'],
  examples: {
    bad: [folder("missing", { "m/1/saved_model.pb": "PartitionedCall f, no function f" })],
    good: [folder("there", { "m/1/saved_model.pb": "PartitionedCall f, function f" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const told = new Set<string>();
    const bodies: (readonly [string | undefined, readonly GraphNode[]])[] = [
      [undefined, graph.graph.nodes],
      ...graph.graph.functions.map((fn) => [fn.name, fn.nodes] as const),
    ];
    for (const [within, nodes] of bodies) {
      for (const node of nodes) {
        if (node.op === "Const") continue;
        for (const [attr, value] of node.attrs) {
          // Gradient functions and Python callbacks are named by other attributes, which nothing looks up at load.
          if (attr.startsWith("_")) continue;
          const names = value.kind === "func" ? [value.value] : value.kind === "list" ? value.value.func : [];
          for (const name of names) {
            if (name === "" || graph.functions.has(name) || told.has(name)) continue;
            told.add(name);
            const near = nearest(name, graph.functions.keys());
            yield {
              file: context.savedModel.value.file,
              message: `node ${quoted(node.name)}${within === undefined ? "" : ` of function ${quoted(within)}`} calls function ${quoted(name)}, which the graph lacks`,
              help: `The load fails.${near === undefined ? "" : ` ${quoted(near)} is near.`} Export the model again.`,
            };
          }
        }
      }
    }
  },
});
