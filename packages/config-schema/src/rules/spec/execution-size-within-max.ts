import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/execution-size-within-max",
  summary: "maxExecutionBatchSize is not above maxBatchSize",
  severity: "error",
  effect: "fatal",
  why: "with splitting the server dies with SIGSEGV and no message when the model is loaded",
  mend: "set maxExecutionBatchSize to maxBatchSize or less",
  evidence: ["tensorflow_serving/batching/batching_session.cc:308 at 2.17.1", "recorded start on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { maxBatchSize: 16, enableLargeBatchSplitting: true, maxExecutionBatchSize: 64 }
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
batching: { maxBatchSize: 64, enableLargeBatchSplitting: true, maxExecutionBatchSize: 16 }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      const { maxExecutionBatchSize: execution, maxBatchSize = 1000, enableLargeBatchSplitting } = resolved;
      if (enableLargeBatchSplitting !== true || execution === undefined || execution <= maxBatchSize)
        continue;
      yield context.finding(
        [...path, "maxExecutionBatchSize"],
        `maxExecutionBatchSize is ${execution}, above maxBatchSize ${maxBatchSize}`,
        "the server dies with a segmentation fault when it loads a model; splitting cuts requests of up to maxBatchSize rows into pieces, so a piece cannot be larger",
        { related: [{ message: "maxBatchSize", path: [...path, "maxBatchSize"] }] },
      );
    }
  },
});
