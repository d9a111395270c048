import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";
import { bool, text } from "../../views/entries.ts";

export const rule = defineLintRule<TextContext>({
  id: "monitoring/path-not-rest",
  summary: "the metrics path hides no REST address",
  severity: "error",
  effect: "silent",
  why: "The metrics path is matched before the REST API and answers any method: a path such as /v1/models/a hides the status of model a.",
  mend: "Choose a path outside /v1.",
  evidence: [
    "tensorflow/serving util/net_http/server/internal/evhttp_server.cc",
    "recorded start mon-path-hides",
  ],
  examples: {
    bad: [{ files: { "monitoring.config": 'prometheus_config { enable: true path: "/v1/models/a" }\n' } }],
    good: [{ files: { "monitoring.config": 'prometheus_config { enable: true path: "/metrics" }\n' } }],
  },
  *check(context) {
    const config = context.message.message("prometheus_config");
    const path = config === undefined ? undefined : text(config, "path");
    if (config === undefined || path === undefined || !/^\/v1\//i.test(path.value)) return;
    if (bool(config, "enable")?.value !== true) return;
    yield {
      ...placeIn(context, path.span),
      message: `the metrics path "${path.value}" hides that address of the REST API`,
    };
  },
});
