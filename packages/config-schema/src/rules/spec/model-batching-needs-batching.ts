import { defineRule } from "@servable/diagnostics";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/model-batching-needs-batching",
  summary: "per-model batching goes with batching",
  severity: "error",
  effect: "silent",
  why: "per-model parameters are ignored without --enable_batching",
  mend: "switch batching on, or remove the model's batching",
  evidence: ["tensorflow_serving/model_servers/server.cc:226-238", "recorded start on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
    batching: { maxBatchSize: 8 }
batching: false
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
    batching: { maxBatchSize: 8 }
batching: true
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.batching !== undefined) return;
    for (const model of context.resolved.models) {
      if (model.batching === undefined) continue;
      yield context.finding(
        modelPath(model, "batching"),
        `model ${quoted(model.name)} has batching parameters, but batching is off`,
        "the server ignores them without --enable_batching; remove batching: false, or the parameters",
        { part: "key", related: [{ message: "batching is switched off here", path: ["batching"] }] },
      );
    }
  },
});
