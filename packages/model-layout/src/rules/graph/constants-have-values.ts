import { decodeTensorProto, TensorError } from "@servable/tensors";
import type { GraphNode } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable } from "../signature/signatures.ts";

export const rule = versionRule({
  id: "graph/constants-have-values",
  level: "graph",
  summary: "every constant holds a tensor of its shape",
  severity: "error",
  effect: "load-fails",
  why: "The loader refuses a Const without a value. One whose bytes do not fill its shape fails as soon as it is used; unused ones are pruned and never looked at.",
  mend: "Export the model again.",
  evidence: [
    "tensorflow: cc/saved_model/loader.cc (ValidateSavedTensors)",
    "TensorFlow 2.17.1's loader on such graphs",
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
        if (value?.kind !== "tensor") {
          yield { file, message: `${where} has no value`, help: "The load fails. Export the model again." };
          continue;
        }
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
              ? "The load or the first request fails. Export the model again."
              : "No signature uses it, so it is pruned; but the file is not what was exported.",
          };
        }
      }
    }
  },
});
