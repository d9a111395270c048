import { folder, versionRule } from "../model-rule.ts";
import { signatureProblems } from "./served-signature.ts";
import { REGRESS } from "./signatures.ts";

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
    "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got …",
    "Expected output Tensor of DT_FLOAT. Got: …",
    "Input batch size did not match output batch size: … vs. …",
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
  check: (context) =>
    signatureProblems(context, {
      name: "Regress",
      method: REGRESS,
      outputsWanted: (outputs) =>
        outputs.size === 1 && outputs.has("outputs")
          ? undefined
          : {
              wanted: 'exactly one output "outputs"',
              help: "Name the only output `outputs`, or use the method tensorflow/serving/predict.",
            },
      outputs: [
        {
          alias: "outputs",
          fits: ({ dtype, shape }) =>
            dtype === "DT_FLOAT" &&
            (shape === null ||
              shape.length === 1 ||
              (shape.length === 2 && (shape[1] === 1 || shape[1] === -1))),
          wanted: "DT_FLOAT of shape [n] or [n,1]",
        },
      ],
    }),
});
