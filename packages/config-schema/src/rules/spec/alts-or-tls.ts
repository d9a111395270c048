import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/alts-or-tls",
  summary: "either ALTS or TLS",
  severity: "error",
  effect: "fatal",
  why: "the server exits when both are given",
  mend: "remove tls, or grpc.useAlts",
  evidence: ["tensorflow_serving/model_servers/server.cc:190-195", "recorded start on 2.17.1"],
  logTexts: ["Either use_alts_credentials must be false or ssl_config_file must be empty."],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { rest: false }
grpc: { useAlts: true }
tls: { serverKeyFile: k.pem, serverCertFile: c.pem }
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
ports: { rest: false }
grpc: { useAlts: true }
`,
        },
      },
    ],
  },
  *check(context) {
    if (context.resolved.tls === undefined || context.resolved.grpc.useAlts !== true) return;
    yield context.finding(
      ["grpc", "useAlts"],
      "both ALTS and TLS are asked for",
      "the server exits at start; remove tls, or useAlts (which works on Google Cloud only)",
      { related: [{ message: "TLS", path: ["tls"], part: "key" }] },
    );
  },
});
