import { tensorKey, unfedPlaceholders } from "../../graph/unfed-placeholders.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";
import { callable, signatureFile, tensorNames } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/inputs-suffice",
  level: "graph",
  summary: "the inputs of a signature feed every placeholder that its outputs need, each once",
  severity: "error",
  effect: "request-fails",
  why: "A request feeds the signature's inputs and fetches its outputs. A placeholder on the way that no input feeds has no value, a tensor can't be fed twice, and one that is fed can't be fetched. Nothing of this is looked at when the model loads.",
  mend: "Export again with every placeholder as an input, or with a default (tf.compat.v1.placeholder_with_default).",
  evidence: [
    "tensorflow/core/graph/subgraph.cc (feeds and fetches)",
    "TensorFlow 2.17.1: such models load, every request for the signature fails",
  ],
  logTexts: [
    "You must feed a value for placeholder tensor '…' with dtype …",
    'Endpoint "…" fed more than once.',
    "… is both fed and fetched.",
  ],
  examples: {
    bad: [
      folder("an input short", {
        "m/1/saved_model.pb": "serving_default(x) -> y = x * scale, a placeholder",
      }),
    ],
    good: [folder("all inputs", { "m/1/saved_model.pb": "serving_default(x, scale) -> y = x * scale" })],
  },
  *check(context) {
    const { graph } = context;
    if (graph === undefined) return;
    const file = signatureFile(context);
    for (const [name, { inputs, outputs }] of callable(context)) {
      const fed = new Map<string, string>();
      const parts: string[] = [];
      let misnamed = false;
      for (const [alias, info] of inputs) {
        // What is made of several tensors can't be fed by Predict, but by other clients of the model.
        if (info.kind !== "tensor") parts.push(...tensorNames(info));
        else {
          const key = tensorKey(info.tensor);
          if (key === undefined || graph.nodeOf(info.tensor) === undefined) {
            misnamed = true; // signature/tensors-exist
            continue;
          }
          const other = fed.get(key);
          if (other === undefined) {
            fed.set(key, alias);
            continue;
          }
          misnamed = true;
          yield {
            file,
            message: `signature ${quoted(name)}: inputs ${quoted(other)} and ${quoted(alias)} both feed ${quoted(key)}`,
            help: "A tensor can be fed only once, so every request with both inputs fails. Name each tensor in one input.",
          };
        }
      }
      const fetched: string[] = [];
      for (const [alias, info] of outputs) {
        fetched.push(...tensorNames(info));
        const input = info.kind === "tensor" ? fed.get(tensorKey(info.tensor) ?? "") : undefined;
        if (input === undefined) continue;
        yield {
          file,
          message: `signature ${quoted(name)}: output ${quoted(alias)} is the tensor ${quoted(info.tensor)} that input ${quoted(input)} feeds`,
          help: "What is fed can't be fetched, so every request that asks for the output fails. Export an identity of the input (tf.identity).",
        };
      }
      // The placeholder that such an input was meant for is no second mistake.
      if (misnamed) continue;
      const unfed = unfedPlaceholders(graph, fetched, [...fed.keys(), ...parts]);
      if (unfed.length === 0) continue;
      const names = unfed.map((node) => node.name);
      yield {
        file,
        message: `signature ${quoted(name)}: its outputs need ${names.length === 1 ? "the placeholder" : "the placeholders"} ${some(names)}, which no input feeds`,
        help: "The model loads and every request for this signature fails. Export it with all of its inputs.",
      };
    }
  },
});
