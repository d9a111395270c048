import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/dtype-is-known",
  level: "graph",
  summary: "every dense input and output has a dtype",
  severity: "warning",
  effect: "request-fails",
  why: "The server turns JSON into tensors by the signature's dtype; DT_INVALID makes every REST request fail, and clients can't know what to send.",
  mend: "Export again with the dtype of the tensor.",
  evidence: ["TensorFlow 2.17.1: a signature with DT_INVALID loads"],
  examples: {
    bad: [folder("no dtype", { "m/1/saved_model.pb": "x: DT_INVALID" })],
    good: [folder("a dtype", { "m/1/saved_model.pb": "x: DT_FLOAT" })],
  },
  *check(context) {
    for (const [name, { inputs, outputs }] of callable(context)) {
      for (const [what, tensors] of [
        ["input", inputs],
        ["output", outputs],
      ] as const) {
        for (const [alias, info] of tensors) {
          if (info.kind !== "tensor" || info.dtype !== "DT_INVALID") continue;
          yield {
            file: signatureFile(context),
            message: `signature ${quoted(name)}: ${what} ${quoted(alias)} has ${info.unknownDtype === undefined ? "no dtype (DT_INVALID)" : `the unknown dtype number ${info.unknownDtype}`}`,
            help: "REST requests can't be converted without it. Export again with the dtype of the tensor.",
          };
        }
      }
    }
  },
});
