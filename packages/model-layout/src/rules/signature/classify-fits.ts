import { folder, versionRule } from "../model-rule.ts";
import { signatureProblems } from "./served-signature.ts";
import { CLASSIFY } from "./signatures.ts";

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
    "Expected classes Tensor of DT_STRING. Got: …",
    "Expected scores Tensor of DT_FLOAT. Got: …",
    "Expected Tensor shape: [batch_size num_classes] but got …",
    "Tensors class and score should match in dim_size(1). Got … vs. …",
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
  check: (context) =>
    signatureProblems(context, {
      name: "Classify",
      method: CLASSIFY,
      outputsWanted: (outputs) =>
        outputs.size <= 2 && (outputs.has("classes") || outputs.has("scores"))
          ? undefined
          : {
              wanted: 'one or two outputs with "classes" or "scores"',
              help: "Name the outputs `classes` and `scores`, or use the method tensorflow/serving/predict.",
            },
      outputs: (
        [
          ["classes", "DT_STRING"],
          ["scores", "DT_FLOAT"],
        ] as const
      ).map(([alias, dtype]) => ({
        alias,
        fits: (output) => output.dtype === dtype && (output.shape === null || output.shape.length === 2),
        wanted: `${dtype} of rank 2`,
      })),
    }),
});
