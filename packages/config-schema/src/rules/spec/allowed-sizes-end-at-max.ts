import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/allowed-sizes-end-at-max",
  summary: "the last allowed batch size equals maxBatchSize",
  severity: "error",
  effect: "load-fails",
  why: "the server refuses to load a model where the two differ, after all retries",
  mend: "end the list at maxBatchSize, or leave maxBatchSize out",
  evidence: ["tensorflow_serving/servables/tensorflow/bundle_factory_util.cc:113-126"],
  logTexts: ["Last entry in allowed_batch_sizes must match max_batch_size; last entry was …; expected …"],
  symptoms: [19],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { maxBatchSize: 128, allowedBatchSizes: [32, 64] }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { maxBatchSize: 64, allowedBatchSizes: [32, 64] }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      const { allowedBatchSizes, maxBatchSize } = resolved;
      const last = allowedBatchSizes?.at(-1);
      if (allowedBatchSizes === undefined || last === undefined || last === maxBatchSize) continue;
      yield context.finding(
        [...path, "allowedBatchSizes", allowedBatchSizes.length - 1],
        `the last of allowedBatchSizes is ${last}, but maxBatchSize is ${maxBatchSize ?? 1000}`,
        `no model loads with this mismatch; append ${maxBatchSize ?? 1000} to the list, or set maxBatchSize to ${last}`,
        { related: [{ message: "maxBatchSize", path: [...path, "maxBatchSize"] }] },
      );
    }
  },
});
