import { showShape } from "@servable/tensors";
import { splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
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
  summary: "inputs and outputs have shapes that fit their tensors in the graph",
  severity: "warning",
  effect: "request-fails",
  why: "The server enforces neither; a client that follows the signature sends a shape that the graph refuses, or gets another one than it was told.",
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
    for (const [name, { inputs, outputs }] of callable(context)) {
      for (const [what, tensors] of [
        ["input", inputs],
        ["output", outputs],
      ] as const) {
        for (const [alias, info] of tensors) {
          if (info.kind !== "tensor") continue;
          const shape = graphShape(info.tensor, graph);
          if (shape === undefined || compatible(info.shape, shape)) continue;
          yield {
            file: signatureFile(context),
            message: `signature ${quoted(name)}: ${what} ${quoted(alias)} has shape ${showShape(info.shape)} but the graph ${what === "input" ? "wants" : "makes"} ${showShape(shape)}`,
            help:
              what === "input"
                ? "A client that follows the signature is refused. Export the signature with the placeholder's shape."
                : "Answers have another shape than clients expect. Export the signature with the tensor's shape, or with the tensor that is meant.",
          };
        }
      }
    }
  },
});

/** Shape of a tensor: of a placeholder the one that it takes, else the one that the exporter noted. */
function graphShape(tensor: string, graph: GraphIndex): readonly number[] | null | undefined {
  const split = splitTensorName(tensor);
  const node = split === undefined ? undefined : graph.nodes.get(split.node);
  if (split === undefined || node === undefined) return undefined;
  if (!node.op.startsWith("Placeholder")) {
    const recorded = node.attr("_output_shapes");
    return recorded?.kind === "list" ? recorded.value.shape[split.index] : undefined;
  }
  const attr = node.attr("shape");
  if (attr?.kind !== "shape") return undefined;
  // Graphs of producers before 24 wrote [] where they meant an unknown shape (Placeholder, op version note).
  return attr.value?.length === 0 && graph.graph.producer < 24 ? undefined : attr.value;
}
