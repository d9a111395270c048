import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { checkRecord } from "../../warmup/check-record.ts";
import { MAX_WARMUP_RECORDS, readWarmup } from "../../warmup/prediction-log.ts";
import { WARMUP_FILE } from "../../warmup/warmup-file.ts";
import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "warmup/records-fit-signatures",
  level: "graph",
  summary: "every warm-up record is a request that a signature answers",
  severity: "error",
  effect: "load-fails",
  why: "The server runs each record while it loads the version; one that fails (unknown signature, wrong input, wrong dtype) fails the load. Records without a request are passed over silently.",
  mend: "Write the records against the signatures of this version: `servable warmup write`.",
  evidence: [
    "tensorflow/serving: servables/tensorflow/saved_model_warmup.cc:39-78",
    "recorded runs of 2.17.1 with such records",
  ],
  logTexts: [
    "Failed to parse warmup record: … from …",
    "Unsupported log_type for warmup: …",
    "Signature input alias: …(feed name: …) not found in request and no default value provided",
    'Serving signature key "…" not found.',
  ],
  symptoms: [68],
  examples: {
    bad: [
      folder("another input", {
        "m/1/assets.extra/tf_serving_warmup_requests": "predict_log with input z",
        "m/1/saved_model.pb": "serving_default(x)",
      }),
    ],
    good: [
      folder("the input", {
        "m/1/assets.extra/tf_serving_warmup_requests": "predict_log with input x",
        "m/1/saved_model.pb": "serving_default(x)",
      }),
    ],
  },
  *check(context) {
    if (context.servesTflite || !context.has(WARMUP_FILE)) return;
    const { meta } = context;
    if (meta === undefined) return;
    const file = context.file(WARMUP_FILE);
    const told = new Set<string>();
    let records = 0;
    try {
      for (const record of readWarmup(context.path, context.fs)) {
        records++;
        if (record.index >= MAX_WARMUP_RECORDS) return;
        if (!record.dataCrcHolds) return;
        for (const { severity, message, help } of checkRecord(record.data, meta.signatures)) {
          // A thousand records with one mistake are one finding.
          if (told.has(message)) continue;
          told.add(message);
          yield { file, severity, message: `record ${record.index}: ${message}`, help };
        }
      }
      const stat = context.stat(WARMUP_FILE);
      if (records === 0 && stat.ok && stat.value.size === 0) {
        yield {
          file,
          severity: "warning",
          message: "the warm-up file is empty",
          help: "Nothing is run and nothing is said: the first requests are slow. Write records with `servable warmup write`.",
        };
      }
    } catch (error) {
      if (!(error instanceof ModelReadError)) throw error;
    }
  },
});
