import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/rest-settings-need-rest",
  summary: "REST settings go with REST",
  severity: "warning",
  effect: "silent",
  why: "without a REST port the settings have no effect",
  mend: "remove them, or give ports.rest a port",
  evidence: ["tensorflow_serving/model_servers/server.cc:437"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { rest: false }
rest: { timeoutMillis: 5000 }
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
rest: { timeoutMillis: 5000 }
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.ports.rest !== undefined || context.spec.rest === undefined) return;
    if (Object.keys(context.spec.rest).length === 0) return;
    yield context.finding(
      ["rest"],
      "rest has settings, but ports.rest is false",
      "there is no REST endpoint that they could apply to; remove them, or give ports.rest a port",
      { part: "key" },
    );
  },
});
