import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/batches-fit-threads",
  summary: "enough handler threads to fill a batch",
  severity: "warning",
  effect: "degrades",
  why: "every waiting request holds a handler thread, so that a batch of one-row requests can never hold more than there are",
  mend: "raise grpc.maxThreads, or lower maxBatchSize",
  evidence: [
    "tensorflow_serving/servables/tensorflow/session_bundle_config.proto:43-47",
    "recorded load on 2.17.1",
  ],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { rest: false }
grpc: { maxThreads: 8 }
batching: { maxBatchSize: 64 }
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
ports: { rest: false }
grpc: { maxThreads: 129 }
batching: { maxBatchSize: 64 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { grpc, rest, ports } = context.resolved;
    if (grpc.maxThreads === undefined || (ports.rest !== undefined && rest.numThreads === undefined)) return;
    const callers = grpc.maxThreads - 1 + (ports.rest === undefined ? 0 : (rest.numThreads ?? 0) - 1);
    for (const { path, written } of batchingSections(context)) {
      const size = written.maxBatchSize;
      if (size === undefined || size <= callers) continue;
      yield context.finding(
        [...path, "maxBatchSize"],
        `maxBatchSize is ${size}, but only ${callers} requests can wait at a time`,
        "each waiting request holds a gRPC or REST thread, so that batches of one-row requests never fill and leave by timeout alone; clients that send several rows a request are not affected",
        { related: [{ message: "grpc.maxThreads", path: ["grpc", "maxThreads"] }] },
      );
    }
  },
});
