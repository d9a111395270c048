import { showShape } from "@servable/tensors";
import { splitTensorName } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

/** Whether two partial shapes can describe one tensor. */
export function compatible(a: readonly number[] | null, b: readonly number[] | null): boolean {
  if (a === null || b === null) return true;
  return a.length === b.length && a.every((size, dim) => size < 0 || b[dim]! < 0 || size === b[dim]);
}

export const rule = versionRule({
  id: "signature/shape-matches-graph",
  level: "graph",
  summary: "an input's shape fits its placeholder",
  severity: "warning",
  effect: "request-fails",
  why: "The server enforces neither; a client that follows the signature sends a shape that the graph refuses.",
  mend: "Correct the shape in the signature.",
  evidence: ["TensorFlow 2.17.1: loads; the placeholder's shape decides at the request"],
  symptoms: [47],
  examples: {
    bad: [folder("another rank", { "m/1/saved_model.pb": "x: [-1,28,28,1], placeholder shape [-1]" })],
    good: [folder("the same", { "m/1/saved_model.pb": "x: [-1], placeholder shape [-1]" })],
  },
  *check(context) {
    const { graph } = context;
    if (graph === undefined) return;
    for (const [name, { inputs }] of callable(context)) {
      for (const [alias, info] of inputs) {
        const split = splitTensorName(info.tensor);
        const node = split === undefined ? undefined : graph.nodes.get(split.node);
        if (node === undefined || info.kind !== "tensor" || !node.op.startsWith("Placeholder")) continue;
        const attr = node.attr("shape");
        if (attr?.kind !== "shape") continue;
        // Graphs of producers before 24 wrote [] where they meant an unknown shape (Placeholder, op version note).
        if (attr.value?.length === 0 && graph.graph.producer < 24) continue;
        if (compatible(info.shape, attr.value)) continue;
        yield {
          file: signatureFile(context),
          message: `signature ${quoted(name)}: input ${quoted(alias)} has shape ${showShape(info.shape)} but the graph wants ${showShape(attr.value)}`,
          help: "A client that follows the signature is refused. Export the signature with the placeholder's shape.",
        };
      }
    }
  },
});
