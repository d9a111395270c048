import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";
import { text } from "../../views/entries.ts";

export const rule = defineLintRule<TextContext>({
  id: "monitoring/path-matches",
  summary: "the metrics path begins with a slash and can be asked for",
  severity: "error",
  effect: "silent",
  why: "The path is compared letter by letter with the request: without a leading slash, or with a query, no request ever matches, and with a trailing slash only requests that have it too.",
  mend: 'Write for example `path: "/monitoring/prometheus/metrics"`.',
  evidence: [
    "tensorflow/serving util/net_http/server/internal/evhttp_server.cc",
    "recorded starts of area monitoring",
  ],
  logTexts: ["<TITLE>404 Not Found</TITLE>", "Unexpected path: …. Should be …"],
  symptoms: [29],
  fixable: true,
  examples: {
    bad: [
      { files: { "monitoring.config": 'prometheus_config { enable: true path: "metrics" }\n' } },
      { files: { "monitoring.config": 'prometheus_config { enable: true path: "/metrics/" }\n' } },
    ],
    good: [{ files: { "monitoring.config": 'prometheus_config { enable: true path: "/metrics" }\n' } }],
  },
  *check(context) {
    const config = context.message.message("prometheus_config");
    const path = config === undefined ? undefined : text(config, "path");
    if (path === undefined || path.value === "") return;
    const place = placeIn(context, path.span);
    if (!path.value.startsWith("/")) {
      yield {
        ...place,
        message: `the metrics path "${path.value}" has no leading slash: no request matches it`,
        ...(/^[\w./-]+$/.test(path.value)
          ? {
              fix: {
                title: `Write "/${path.value}"`,
                edits: [{ ...path.span, newText: `"/${path.value}"` }],
                safety: "safe" as const,
              },
            }
          : {}),
      };
    } else if (/[?#\s]/.test(path.value)) {
      yield {
        ...place,
        message: `the metrics path "${path.value}" holds a character that no request path can have`,
      };
    } else if (path.value.length > 1 && path.value.endsWith("/")) {
      yield {
        ...place,
        severity: "warning",
        message: `the metrics path "${path.value}" answers only requests with the trailing slash`,
      };
    }
  },
});
