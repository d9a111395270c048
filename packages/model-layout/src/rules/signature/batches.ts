import { type PartialShape, showShape } from "@servable/tensors";
import { shapesOf } from "../../graph/shapes/graph-shapes.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/batches",
  level: "graph",
  summary: "inputs and outputs have an unknown first dimension, so that requests can be joined into batches",
  severity: "info",
  effect: "request-fails",
  why: "With --enable_batching the server joins requests along dimension 0: every input must have one, of any size, and every output must have as many rows. A scalar or fixed first dimension makes requests fail as soon as batching is on.",
  mend: "Export with a first dimension of None in every input and output, or keep batching off for this signature.",
  evidence: ["tensorflow/serving: batching/batching_session.cc", "recorded runs of 2.17.1 with batching"],
  logTexts: [
    "Batching session Run() input tensors must have at least one dimension.",
    "Batched output tensor has 0 dimensions.",
    "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
  ],
  symptoms: [59, 60],
  examples: {
    bad: [folder("a scalar input", { "m/1/saved_model.pb": "serving_default(x: [-1,4], keep_prob: [])" })],
    good: [folder("batched", { "m/1/saved_model.pb": "serving_default(x: [-1,4])" })],
  },
  *check(context) {
    const { graph } = context;
    for (const [name, { inputs, outputs, defaults }] of callable(context)) {
      for (const [what, tensors] of [
        ["input", inputs],
        ["output", outputs],
      ] as const) {
        for (const [alias, { kind, shape: declared, tensor }] of tensors) {
          if (kind !== "tensor") continue;
          // What the graph surely makes counts where the signature leaves it open.
          const isOpen = what === "output" && opensBatch(declared) && graph !== undefined;
          const made = isOpen ? shapesOf(graph).ofTensor(tensor) : undefined;
          const shape = made ?? declared;
          if (shape === null || opensBatch(shape)) continue;
          if (what === "output" && inputs.size === 0) continue;
          yield {
            file: signatureFile(context),
            severity: context.target.batching ? "warning" : "info",
            message: `signature ${quoted(name)}: ${what} ${quoted(alias)} ${made === undefined || made === null ? "has" : `is declared ${showShape(declared)}, but the graph makes it of`} shape ${showShape(shape)}, ${shape.length === 0 ? "no dimension to batch along" : `a first dimension fixed to ${shape[0]}`}`,
            help: `With --enable_batching requests for this signature fail${what === "input" && shape.length > 0 ? " unless each batch has just that size" : ""}. Export it with a first dimension of None${defaults.has(alias) ? "" : ", or keep batching off"}.`,
          };
        }
      }
    }
  },
});

/** Whether a tensor of this shape may have a first dimension of any size. */
const opensBatch = (shape: PartialShape): boolean => shape === null || shape[0] === -1;
