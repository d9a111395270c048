import { decodeTensorProto, dtypeOf, TensorError } from "@servable/tensors";
import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { runningParts } from "./running-parts.ts";

export const rule = versionRule({
  id: "graph/constants-fill-shapes",
  level: "graph",
  summary: "every constant holds a tensor of its shape and type",
  severity: "error",
  effect: "request-fails",
  why: "A constant whose bytes do not fill its shape, or whose tensor is of another type than the node says, fails as soon as it is used; unused ones are pruned and never looked at.",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1: a short constant that nothing uses is pruned"],
  logTexts: ["Type mismatch between value (…) and dtype (…)"],
  examples: {
    bad: [folder("too short", { "m/1/saved_model.pb": "Const of shape [4] with 6 bytes" })],
    good: [folder("full", { "m/1/saved_model.pb": "Const of shape [4] with 16 bytes" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    let running: ReturnType<typeof runningParts> | undefined;
    const bodies: (readonly [GraphFunction | undefined, readonly GraphNode[]])[] = [
      [undefined, graph.graph.nodes],
      ...graph.graph.functions.map((fn) => [fn, fn.nodes] as const),
    ];
    for (const [within, nodes] of bodies) {
      for (const node of nodes) {
        if (node.op !== "Const") continue;
        const where = `constant ${quoted(node.name)}${within === undefined ? "" : ` of function ${quoted(within.name)}`}`;
        const value = node.attr("value");
        if (value?.kind !== "tensor") continue; // graph/constants-have-values
        let problem: string | undefined;
        try {
          const { dtype } = decodeTensorProto(value.value, { maxFilledBytes: 1 << 28 });
          const says = node.attr("dtype");
          if (says?.kind === "type" && dtypeOf(says.value) !== undefined && dtypeOf(says.value) !== dtype)
            problem = `is declared ${dtypeOf(says.value)} but its tensor is ${dtype}`;
        } catch (error) {
          if (!(error instanceof TensorError)) throw error;
          if (error.code === "too-large" || error.code === "unsupported-dtype") continue;
          problem = `can't be read: ${error.message}`;
        }
        if (problem !== undefined) {
          running ??= runningParts(context, graph);
          const isUsed = within === undefined ? running.nodes.has(node) : running.functions.has(within);
          yield {
            file,
            severity: isUsed ? "error" : "warning",
            message: `${where} ${problem}`,
            help: isUsed
              ? "The first request fails. Export the model again."
              : "No signature uses it, so it is pruned; but the file is not what was exported.",
          };
        }
      }
    }
  },
});
