import { defineRule } from "@servable/diagnostics";
import { quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/monitoring-path-hides-api",
  summary: "the metrics path hides no REST route",
  severity: "warning",
  effect: "silent",
  why: "the metrics path wins over the REST API",
  mend: "choose a path outside /v1/",
  evidence: [
    "tensorflow_serving/util/net_http/server/internal/evhttp_server.cc:151-172",
    "recorded start on 2.17.1",
  ],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
monitoring: { path: /v1/models/m }
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
monitoring: { path: /metrics }
`,
        },
      },
    ],
  },
  *check(context) {
    const path = context.resolved.monitoring?.path;
    if (path === undefined || !path.startsWith("/v1/")) return;
    yield context.finding(
      ["monitoring", "path"],
      `monitoring.path ${quoted(path)} lies among the REST routes`,
      "metrics win over the REST API there, so that this URL no longer answers for a model; choose a path outside /v1/",
    );
  },
});
