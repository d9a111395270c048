import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/has-outputs",
  level: "graph",
  summary: "every signature has an output",
  severity: "error",
  effect: "request-fails",
  why: "A signature without outputs yields nothing that a request could fetch.",
  mend: "Return at least one tensor from the exported function.",
  evidence: ["TensorFlow 2.17.1: such a model loads, the signature yields nothing"],
  examples: {
    bad: [folder("no output", { "m/1/saved_model.pb": "serving_default(x) -> nothing" })],
    good: [folder("an output", { "m/1/saved_model.pb": "serving_default(x) -> y" })],
  },
  *check(context) {
    const signatures = callable(context);
    const others = signatures.some(([, { outputs }]) => outputs.size > 0);
    for (const [name, { outputs }] of signatures) {
      if (outputs.size > 0) continue;
      yield {
        // One of several that is of no use is no reason to refuse the model.
        severity: others && name !== "serving_default" ? "warning" : "error",
        file: signatureFile(context),
        message: `signature ${quoted(name)} has no outputs`,
        help: "A request for it gets nothing. Return at least one tensor from the exported function.",
      };
    }
  },
});
