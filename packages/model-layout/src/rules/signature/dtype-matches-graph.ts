import { dtypeOf } from "@servable/tensors";
import { splitTensorName } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/dtype-matches-graph",
  level: "graph",
  summary: "an input's dtype is the one of its placeholder",
  severity: "warning",
  effect: "request-fails",
  why: "The server does not compare them. A client that follows the signature is refused by the graph.",
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
    for (const [name, { inputs }] of callable(context)) {
      for (const [alias, info] of inputs) {
        const split = splitTensorName(info.tensor);
        const node = split === undefined ? undefined : graph.nodes.get(split.node);
        if (node === undefined || !node.op.startsWith("Placeholder") || info.dtype === "DT_INVALID") continue;
        const attr = node.attr("dtype");
        if (attr?.kind !== "type") continue;
        const dtype = dtypeOf(attr.value);
        if (dtype === info.dtype) continue;
        yield {
          file: signatureFile(context),
          message: `signature ${quoted(name)}: input ${quoted(alias)} is ${info.dtype} but the graph wants ${dtype ?? `dtype ${attr.value}`}`,
          help: `A client that sends ${info.dtype} is refused. Export the signature with ${dtype ?? "the placeholder's dtype"}.`,
        };
      }
    }
  },
});
