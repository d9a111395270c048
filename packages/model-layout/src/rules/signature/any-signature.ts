import { folder, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/any-signature",
  level: "graph",
  summary: "the served meta graph has a signature",
  severity: "error",
  effect: "request-fails",
  why: "A model without signatures loads and is reported AVAILABLE, but no request can name anything to run.",
  mend: "Export with signatures: tf.saved_model.save(model, path, signatures=…).",
  evidence: [
    "tensorflow/serving: servables/tensorflow/predict_util.cc",
    "recorded run of 2.17.1: model without signatures",
  ],
  logTexts: ['Serving signature key "serving_default" not found.'],
  symptoms: [42],
  examples: {
    bad: [folder("none", { "m/1/saved_model.pb": "SavedModel without signature_def" })],
    good: [folder("one", { "m/1/saved_model.pb": "SavedModel with serving_default" })],
  },
  *check(context) {
    if (context.servesTflite || context.meta === undefined || callable(context).length > 0) return;
    yield {
      file: signatureFile(context),
      message: "the model has no signature: it loads, but no request can be answered",
      help: "Export with signatures: tf.saved_model.save(model, path, signatures=…), or simple_save in TF1.",
    };
  },
});
