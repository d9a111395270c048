import { decodeTensorProto, TensorError } from "@servable/tensors";
import type { GraphNode } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable } from "../signature/signatures.ts";

export const rule = versionRule({
  id: "graph/constants-fill-shapes",
  level: "graph",
  summary: "every constant holds a tensor of its shape",
  severity: "error",
  effect: "request-fails",
  why: "A constant whose bytes do not fill its shape fails as soon as it is used; unused ones are pruned and never looked at.",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1: a short constant that nothing uses is pruned"],
  examples: {
    bad: [folder("too short", { "m/1/saved_model.pb": "Const of shape [4] with 6 bytes" })],
    good: [folder("full", { "m/1/saved_model.pb": "Const of shape [4] with 16 bytes" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const wanted = callable(context).flatMap(([, { outputs }]) =>
      [...outputs.values()].map(({ tensor }) => tensor),
    );
    let used: Set<GraphNode> | undefined;
    const bodies: (readonly [string | undefined, readonly GraphNode[]])[] = [
      [undefined, graph.graph.nodes],
      ...graph.graph.functions.map((fn) => [fn.name, fn.nodes] as const),
    ];
    for (const [within, nodes] of bodies) {
      for (const node of nodes) {
        if (node.op !== "Const") continue;
        const where = `constant ${quoted(node.name)}${within === undefined ? "" : ` of function ${quoted(within)}`}`;
        const value = node.attr("value");
        if (value?.kind !== "tensor") continue; // graph/constants-have-values
        try {
          decodeTensorProto(value.value, { maxFilledBytes: 1 << 28 });
        } catch (error) {
          if (!(error instanceof TensorError)) throw error;
          if (error.code === "too-large" || error.code === "unsupported-dtype") continue;
          used ??= graph.ancestors(wanted);
          const isUsed = within !== undefined || used.has(node);
          yield {
            file,
            severity: isUsed ? "error" : "warning",
            message: `${where} can't be read: ${error.message}`,
            help: isUsed
              ? "The first request fails. Export the model again."
              : "No signature uses it, so it is pruned; but the file is not what was exported.",
          };
        }
      }
    }
  },
});
