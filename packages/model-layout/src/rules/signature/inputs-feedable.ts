import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/inputs-feedable",
  level: "graph",
  summary: "inputs and outputs are dense tensors",
  severity: "warning",
  effect: "request-fails",
  why: "Predict feeds and fetches by TensorInfo.name only, which sparse and composite (ragged) inputs do not have: the model loads, and no request can feed them.",
  mend: "Export a signature that takes the parts (values, indices, dense shape; flat values, row splits) as dense inputs.",
  evidence: ["tensorflow/serving: servables/tensorflow/predict_util.cc (reads TensorInfo.name)"],
  examples: {
    bad: [folder("a sparse input", { "m/1/saved_model.pb": "serving_default(sp: coo_sparse)" })],
    good: [folder("dense parts", { "m/1/saved_model.pb": "serving_default(values, indices, shape)" })],
  },
  *check(context) {
    for (const [name, { inputs, outputs }] of callable(context)) {
      for (const [what, tensors] of [
        ["input", inputs],
        ["output", outputs],
      ] as const) {
        for (const [alias, { kind }] of tensors) {
          if (kind === "tensor") continue;
          yield {
            file: signatureFile(context),
            message: `signature ${quoted(name)}: ${what} ${quoted(alias)} is a ${kind} tensor, which Predict can't ${what === "input" ? "feed" : "fetch"}`,
            help: "Export a signature with the parts as dense tensors.",
          };
        }
      }
    }
  },
});
