import { folder, some, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/default-exists",
  level: "graph",
  summary: "there is a signature serving_default",
  severity: "warning",
  effect: "request-fails",
  why: "A request that names no signature means serving_default, and most clients name none.",
  mend: "Export the main function as serving_default, or let every client name its signature.",
  evidence: ["tensorflow/serving: servables/tensorflow/predict_util.cc:85-97"],
  logTexts: [
    'Serving signature key "serving_default" not found.',
    "No signature was found with the name: serving_default",
  ],
  symptoms: [42, 43],
  examples: {
    bad: [folder("another name", { "m/1/saved_model.pb": "SavedModel with signature predict" })],
    good: [folder("the default", { "m/1/saved_model.pb": "SavedModel with serving_default" })],
  },
  *check(context) {
    const signatures = callable(context);
    if (signatures.length === 0 || signatures.some(([name]) => name === "serving_default")) return;
    yield {
      file: signatureFile(context),
      message: `there is no signature "serving_default", only ${some(signatures.map(([name]) => name))}`,
      help: "Requests without signature_name fail. Export the main function as serving_default, or name the signature in every request.",
    };
  },
});
