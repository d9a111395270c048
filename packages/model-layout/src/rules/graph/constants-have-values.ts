import type { GraphNode } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/constants-have-values",
  level: "graph",
  summary: "every constant has a value",
  severity: "error",
  effect: "load-fails",
  why: "The loader refuses a graph with a Const that has no value.",
  mend: "Export the model again.",
  evidence: [
    "tensorflow: cc/saved_model/loader.cc (ValidateSavedTensors)",
    "TensorFlow 2.17.1's loader on such a graph",
  ],
  logTexts: ['Saved model contains node "…" which is a constant tensor but no value has been provided'],
  examples: {
    bad: [folder("no value", { "m/1/saved_model.pb": "Const without value" })],
    good: [folder("a value", { "m/1/saved_model.pb": "Const with value" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const bodies: (readonly [string | undefined, readonly GraphNode[]])[] = [
      [undefined, graph.graph.nodes],
      ...graph.graph.functions.map((fn) => [fn.name, fn.nodes] as const),
    ];
    for (const [within, nodes] of bodies) {
      for (const node of nodes) {
        if (node.op !== "Const") continue;
        const where = `constant ${quoted(node.name)}${within === undefined ? "" : ` of function ${quoted(within)}`}`;
        // A value of another kind is seen when the constant is made, if ever (graph/nodes-fit-ops).
        if (node.attr("value") !== undefined) continue;
        yield { file, message: `${where} has no value`, help: "The load fails. Export the model again." };
      }
    }
  },
});
