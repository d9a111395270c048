import { showShape } from "@servable/tensors";
import { shapesOf } from "../../graph/shapes/graph-shapes.ts";
import { compatible } from "../../graph/shapes/shape.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

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
          const shape = shapesOf(graph).ofTensor(info.tensor);
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
