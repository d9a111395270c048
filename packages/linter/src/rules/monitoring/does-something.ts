import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";
import { bool, text } from "../../views/entries.ts";

export const rule = defineLintRule<TextContext>({
  id: "monitoring/does-something",
  summary: "prometheus_config sets enable: true",
  severity: "error",
  effect: "silent",
  why: "enable is false by default: a file with only a path, or of comments, gives no metrics endpoint and no message.",
  mend: "Add `enable: true`, or drop the file.",
  evidence: ["tensorflow/serving model_servers/http_server.cc", "recorded starts mon-disabled, mon-comment"],
  logTexts: ["<TITLE>404 Not Found</TITLE>"],
  symptoms: [29],
  fixable: true,
  examples: {
    bad: [{ files: { "monitoring.config": 'prometheus_config { path: "/metrics" }\n' } }],
    good: [{ files: { "monitoring.config": 'prometheus_config { enable: true path: "/metrics" }\n' } }],
  },
  *check(context) {
    if (!context.accepted) return;
    const config = context.message.message("prometheus_config");
    if (context.message.misread.size > 0 || config?.misread.has("enable") === true) return;
    if (config === undefined) {
      yield { file: context.file, message: "no prometheus_config: there will be no metrics endpoint" };
      return;
    }
    const enable = bool(config, "enable");
    if (enable?.value === true) return;
    const path = text(config, "path");
    yield {
      ...placeIn(context, enable?.span ?? config.span),
      ...(enable === undefined ? {} : { severity: "warning" as const }),
      message:
        enable === undefined
          ? "prometheus_config does not set enable: true, so there will be no metrics endpoint"
          : "prometheus_config is disabled",
      ...(enable === undefined && path !== undefined
        ? {
            fix: {
              title: "Add enable: true",
              edits: [{ start: path.field.start, end: path.field.start, newText: "enable: true " }],
              safety: "safe" as const,
            },
          }
        : {}),
    };
  },
});
