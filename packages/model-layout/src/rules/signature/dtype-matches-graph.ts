import { dtypeOf } from "@servable/tensors";
import { tensorTypesOf } from "../../graph/tensor-types.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/dtype-matches-graph",
  level: "graph",
  summary: "inputs and outputs have the dtypes of their tensors in the graph",
  severity: "warning",
  effect: "request-fails",
  why: "The server does not compare them. A client that sends what the signature says is refused by the graph, and what it gets is of another type than it was told.",
  mend: "Correct the dtype in the signature, or cast inside the graph.",
  evidence: ["TensorFlow 2.17.1: loads; a request with the signature's dtype is refused"],
  logTexts: ["Expects arg[0] to be float but int32 is provided"],
  symptoms: [46],
  examples: {
    bad: [folder("int32 for float", { "m/1/saved_model.pb": "x: DT_INT32, placeholder dtype DT_FLOAT" })],
    good: [folder("equal", { "m/1/saved_model.pb": "x: DT_FLOAT, placeholder dtype DT_FLOAT" })],
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
          if (info.kind !== "tensor" || info.dtype === "DT_INVALID") continue;
          const type = tensorTypesOf(graph).ofTensor(info.tensor);
          if (type === undefined) continue;
          // A reference type of TF1 is fed and fetched as the plain one.
          const plain = type > 100 ? type - 100 : type;
          const dtype = dtypeOf(plain);
          if (dtype === info.dtype) continue;
          const real = dtype ?? `dtype ${plain}`;
          yield {
            file: signatureFile(context),
            message: `signature ${quoted(name)}: ${what} ${quoted(alias)} is ${info.dtype} but the graph ${what === "input" ? "wants" : "makes"} ${real}`,
            help:
              what === "input"
                ? `A client that sends ${info.dtype} is refused. Export the signature with ${real}.`
                : `Answers are ${real}, whatever clients make of the signature. Export the signature with ${real}, or with the tensor that is meant.`,
          };
        }
      }
    }
  },
});
