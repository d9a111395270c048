import { defineRule } from "@servable/diagnostics";
import { quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/monitoring-path-matches",
  summary: "the metrics path is an absolute URL path",
  severity: "error",
  effect: "silent",
  why: "the server compares the path of a request exactly and does not check the setting: without a leading slash, or with a query, nothing ever matches",
  mend: "begin monitoring.path with / and leave out ? and #",
  evidence: [
    "tensorflow_serving/util/net_http/server/internal/evhttp_server.cc:137-157",
    "recorded start on 2.17.1",
  ],
  symptoms: [29],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
monitoring: { path: metrics }
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
    if (path === undefined || (path.startsWith("/") && !/[?#\s]/.test(path))) return;
    yield context.finding(
      ["monitoring", "path"],
      `monitoring.path ${quoted(path)} ${path.startsWith("/") ? "holds a query, a fragment or a blank" : "does not begin with /"}`,
      "request paths are compared with it exactly, so that metrics answer 404 for ever; the usual path is /monitoring/prometheus/metrics",
    );
  },
});
