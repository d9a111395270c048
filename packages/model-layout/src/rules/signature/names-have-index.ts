import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/names-have-index",
  level: "graph",
  summary: "tensor names in signatures have the form node:index",
  severity: "info",
  effect: "silent",
  why: "A node's name alone means its output 0, which the server takes; several clients and converters do not.",
  mend: "Write the name as node:0.",
  evidence: ["TensorFlow 2.17.1 answers such a signature"],
  examples: {
    bad: [folder("a node", { "m/1/saved_model.pb": "x -> x" })],
    good: [folder("a tensor", { "m/1/saved_model.pb": "x -> x:0" })],
  },
  *check(context) {
    for (const [name, { inputs, outputs }] of callable(context)) {
      for (const [alias, { tensor }] of [...inputs, ...outputs]) {
        if (tensor === "" || /:\d+$/.test(tensor)) continue;
        yield {
          file: signatureFile(context),
          message: `signature ${quoted(name)}: ${quoted(alias)} names ${quoted(tensor)} without an output index`,
          help: `The server reads it as ${quoted(`${tensor}:0`)}; some clients and converters do not.`,
        };
      }
    }
  },
});
