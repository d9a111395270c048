import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/warmup-iterations-need-warmup",
  summary: "warm-up iterations go with warm-up",
  severity: "warning",
  effect: "silent",
  why: "without warm-up the number of iterations has no effect",
  mend: "remove warmup.iterations, or switch warm-up on",
  evidence: ["tensorflow_serving/model_servers/server.cc:286-292", "recorded start on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
warmup: { enabled: false, iterations: 3 }
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
warmup: { iterations: 3 }
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.warmup.enabled !== false || context.resolved.warmup.iterations === undefined) return;
    yield context.finding(
      ["warmup", "iterations"],
      "warmup.iterations is given, but warm-up is off",
      "no record is replayed; remove it, or set warmup.enabled to true",
      { part: "key" },
    );
  },
});
