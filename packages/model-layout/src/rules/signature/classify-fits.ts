import { folder, quoted, versionRule } from "../model-rule.ts";
import { CLASSIFY, callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/classify-fits",
  level: "graph",
  summary: "a classify signature has the input and outputs that Classify wants",
  severity: "warning",
  effect: "request-fails",
  why: "Classify wants exactly one input `inputs` of serialized Examples (DT_STRING) and one or two outputs among `classes` (DT_STRING) and `scores` (DT_FLOAT), each of rank 2. Anything else loads and fails at the request.",
  mend: "Rename the aliases to inputs, classes and scores, or give the signature the method tensorflow/serving/predict.",
  evidence: ["tensorflow/serving: servables/tensorflow/classifier.cc:151-222,255-301"],
  logTexts: [
    "Expected one input Tensor.",
    "Expected one or two output Tensors, found …",
    "No classification inputs found in SignatureDef: …",
    'Expected classification signature outputs to contain at least one of "classes" or "scores". …',
  ],
  symptoms: [44],
  examples: {
    bad: [folder("another output", { "m/1/saved_model.pb": "classify(inputs) -> y" })],
    good: [folder("scores", { "m/1/saved_model.pb": "classify(inputs) -> scores" })],
  },
  *check(context) {
    for (const [name, { method, inputs, outputs }] of callable(context)) {
      if (method !== CLASSIFY) continue;
      const file = signatureFile(context);
      const say = (message: string, help: string): { file: string; message: string; help: string } => ({
        file,
        message: `signature ${quoted(name)}: Classify ${message}`,
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
      const found = ["classes", "scores"].filter((alias) => outputs.has(alias));
      if (outputs.size > 2 || found.length === 0) {
        yield say(
          `wants one or two outputs with "classes" or "scores" but there ${outputs.size === 1 ? "is" : "are"} ${[...outputs.keys()].map(quoted).join(", ") || "none"}`,
          "Name the outputs `classes` and `scores`, or use the method tensorflow/serving/predict.",
        );
      }
      for (const [alias, dtype] of [
        ["classes", "DT_STRING"],
        ["scores", "DT_FLOAT"],
      ] as const) {
        const output = outputs.get(alias);
        if (
          output !== undefined &&
          (output.dtype !== dtype || (output.shape !== null && output.shape.length !== 2))
        ) {
          yield say(
            `wants ${quoted(alias)} as ${dtype} of rank 2 but it is ${output.dtype} [${output.shape ?? "?"}]`,
            "Answers of another kind are refused at the request.",
          );
        }
      }
    }
  },
});
