import { nearest } from "@servable/diagnostics";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { CLASSIFY, callable, PREDICT, REGRESS, signatureFile } from "./signatures.ts";

export const rule = versionRule({
  id: "signature/method-is-known",
  level: "graph",
  summary: "method_name is one of the three that the server knows",
  severity: "warning",
  effect: "request-fails",
  why: "Predict looks at method_name only with --enable_signature_method_name_check, and then refuses any other; tools choose the RPC by it.",
  mend: `Set method_name to ${PREDICT}, ${CLASSIFY} or ${REGRESS}.`,
  evidence: ["tensorflow/serving: servables/tensorflow/predict_util.cc:38-49"],
  logTexts: ["Expected prediction signature method_name to be one of {…}. Was: …"],
  examples: {
    bad: [folder("short", { "m/1/saved_model.pb": 'method_name: "predict"' })],
    good: [folder("full", { "m/1/saved_model.pb": 'method_name: "tensorflow/serving/predict"' })],
  },
  *check(context) {
    const known = [PREDICT, CLASSIFY, REGRESS];
    for (const [name, { method }] of callable(context)) {
      if (known.includes(method)) continue;
      const near =
        method === ""
          ? PREDICT
          : (known.find((full) => full.endsWith(`/${method}`)) ?? nearest(method, known));
      yield {
        file: signatureFile(context),
        message:
          method === ""
            ? `signature ${quoted(name)} has an empty method_name`
            : `signature ${quoted(name)} has the method_name ${quoted(method)}`,
        help: `With --enable_signature_method_name_check the server refuses requests for it. Use ${quoted(near ?? PREDICT)}.`,
      };
    }
  },
});
