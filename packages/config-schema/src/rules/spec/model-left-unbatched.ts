import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/model-left-unbatched",
  summary: "with per-model batching, every model says how it is batched",
  severity: "warning",
  effect: "silent",
  why: "with per-model parameters a model without its own file is not batched at all",
  mend: "give the model a batching section too",
  evidence: [
    "tensorflow_serving/servables/tensorflow/saved_model_bundle_factory.cc:196-210",
    "recorded start on 2.17.1",
  ],
  symptoms: [37],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - { name: a, path: ./a, batching: { maxBatchSize: 8 } }
  - { name: b, path: ./b }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - { name: a, path: ./a, batching: { maxBatchSize: 8 } }
  - { name: b, path: ./b, batching: { maxBatchSize: 4 } }
`,
        },
      },
    ],
  },
  *check(context) {
    if (!context.resolved.perModelBatching) return;
    for (const model of context.resolved.models) {
      if (model.batching !== undefined) continue;
      yield context.finding(
        modelPath(model, "name"),
        `model ${quoted(model.name)} is not batched, because another model has its own batching parameters`,
        "the server-wide parameters are no fallback for it; give it a batching section too",
      );
    }
  },
});
