import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/monitoring-needs-rest",
  summary: "metrics go with REST",
  severity: "error",
  effect: "silent",
  why: "metrics are served on the REST port; without it the monitoring file is never opened",
  mend: "leave ports.rest out or give it a port",
  evidence: ["tensorflow_serving/model_servers/server.cc:437-445", "recorded start on 2.17.1"],
  symptoms: [29],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { rest: false }
monitoring: true
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
monitoring: true
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.monitoring === undefined || context.resolved.ports.rest !== undefined) return;
    yield context.finding(
      ["monitoring"],
      "monitoring is on, but REST is off",
      "metrics are served on the REST port, so there is no endpoint; give ports.rest a port",
      { part: "key", related: [{ message: "REST is switched off here", path: ["ports", "rest"] }] },
    );
  },
});
