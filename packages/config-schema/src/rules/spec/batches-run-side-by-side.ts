import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/batches-run-side-by-side",
  summary: "several batch threads have more than one inter-op thread",
  severity: "warning",
  effect: "degrades",
  why: "with one inter-op thread the batches run one after the other, and a second batch thread only makes them smaller",
  mend: "raise parallelism.interOp, or set batching.numBatchThreads to 1",
  evidence: ["recorded batches on 2.17.1: 0 of 1,528 overlapped"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
parallelism: { intraOp: 4, interOp: 1 }
batching: { numBatchThreads: 4 }
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
parallelism: { intraOp: 4, interOp: 4 }
batching: { numBatchThreads: 4 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { batching, parallelism } = context.resolved;
    const threads = batching?.numBatchThreads ?? 0;
    const interOp = parallelism.interOp ?? parallelism.session;
    if (threads < 2 || interOp !== 1) return;
    const key = parallelism.interOp === undefined ? "session" : "interOp";
    yield context.finding(
      ["parallelism", key],
      `parallelism.${key} is 1 with ${threads} batch threads`,
      "batches then run one after the other on the one inter-op thread, and further batch threads only make smaller batches; raise it, or set batching.numBatchThreads to 1",
      { related: [{ message: "numBatchThreads", path: ["batching", "numBatchThreads"] }] },
    );
  },
});
