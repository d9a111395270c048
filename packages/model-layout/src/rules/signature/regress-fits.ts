import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, REGRESS, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/regress-fits",
  level: "graph",
  summary: "a regress signature has the input and output that Regress wants",
  severity: "warning",
  effect: "request-fails",
  why: "Regress wants exactly one input `inputs` of serialized Examples (DT_STRING) and exactly one output `outputs` of DT_FLOAT, shape [n] or [n,1]. Anything else loads and fails at the request.",
  mend: "Rename the aliases to inputs and outputs, or give the signature the method tensorflow/serving/predict.",
  evidence: ["tensorflow/serving: servables/tensorflow/regressor.cc:146-206,238-259"],
  logTexts: [
    "Expected one input Tensor.",
    "Expected one output Tensor.",
    "No regression inputs found …",
    "No regression outputs found …",
  ],
  symptoms: [44],
  examples: {
    bad: [folder("two outputs", { "m/1/saved_model.pb": "regress(inputs) -> outputs, extra" })],
    good: [folder("one output", { "m/1/saved_model.pb": "regress(inputs) -> outputs" })],
  },
  *check(context) {
    for (const [name, { method, inputs, outputs }] of callable(context)) {
      if (method !== REGRESS) continue;
      const file = signatureFile(context);
      const say = (message: string, help: string): { file: string; message: string; help: string } => ({
        file,
        message: `signature ${quoted(name)}: Regress ${message}`,
        help,
      });
      const input = inputs.get("inputs");
      if (inputs.size !== 1 || input === undefined) {
        yield say(
          `wants exactly one input "inputs" but there ${inputs.size === 1 ? "is" : "are"} ${[...inputs.keys()].map(quoted).join(", ") || "none"}`,
          "Name the only input `inputs`.",
        );
      } else if (input.dtype !== "DT_STRING") {
        yield say(
          `feeds serialized Examples, but "inputs" is ${input.dtype}`,
          "Parse tf.Examples inside the signature, or use Predict.",
        );
      }
      const output = outputs.get("outputs");
      if (outputs.size !== 1 || output === undefined) {
        yield say(
          `wants exactly one output "outputs" but there ${outputs.size === 1 ? "is" : "are"} ${[...outputs.keys()].map(quoted).join(", ") || "none"}`,
          "Name the only output `outputs`.",
        );
      } else if (
        output.dtype !== "DT_FLOAT" ||
        (output.shape !== null &&
          (output.shape.length === 0 ||
            output.shape.length > 2 ||
            (output.shape.length === 2 && output.shape[1] !== 1 && output.shape[1] !== -1)))
      ) {
        yield say(
          `wants "outputs" as DT_FLOAT of shape [n] or [n,1] but it is ${output.dtype} [${output.shape ?? "?"}]`,
          "Answers of another kind are refused at the request.",
        );
      }
    }
  },
});
