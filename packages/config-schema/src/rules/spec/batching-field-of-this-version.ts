import { defineRule } from "@servable/diagnostics";
import { compareVersions } from "@servable/server-flags";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/batching-field-of-this-version",
  summary: "batching fields exist in the server's version",
  severity: "error",
  effect: "fatal",
  why: "an unknown field makes the batching parameters unreadable, and the server exits",
  mend: "use TensorFlow Serving 2.4 or newer, or remove the field",
  evidence: ["tensorflow_serving/servables/tensorflow/session_bundle_config.proto at 2.3.0 and 2.4.0"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { version: 2.3.0 }
models:
  - name: m
    path: ./m
batching: { maxBatchSize: 64, enableLargeBatchSplitting: true }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `server: { version: 2.4.0 }
models:
  - name: m
    path: ./m
batching: { maxBatchSize: 64, enableLargeBatchSplitting: true }
`,
        },
      },
    ],
  },
  *check(context) {
    const { tfsVersion } = context.resolved;
    if (compareVersions(tfsVersion, "2.4.0") >= 0) return;
    for (const { path, resolved } of batchingSections(context)) {
      for (const key of ["enableLargeBatchSplitting", "maxExecutionBatchSize"] as const) {
        if (resolved[key] === undefined) continue;
        yield context.finding(
          [...path, key],
          `${key} came with TensorFlow Serving 2.4, and server.version is ${tfsVersion}`,
          "the older server cannot read a file with that field and exits; remove it, or use 2.4 or newer",
          { part: "key" },
        );
      }
    }
  },
});
