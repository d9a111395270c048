import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/ca-needs-client-verify",
  summary: "a CA for clients goes with clientVerify",
  severity: "warning",
  effect: "security",
  why: "customCaFile has no effect unless clients are verified, so that anyone may connect",
  mend: "set tls.clientVerify to true or leave it out",
  evidence: ["tensorflow_serving/model_servers/server.cc:128-148", "recorded start on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { rest: false }
tls: { serverKeyFile: k.pem, serverCertFile: c.pem, customCaFile: ca.pem, clientVerify: false }
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
tls: { serverKeyFile: k.pem, serverCertFile: c.pem, customCaFile: ca.pem }
`,
        },
      },
    ],
  },
  *check(context) {
    const { tls } = context.resolved;
    if (tls === undefined || tls.clientVerify || tls.customCaFile === undefined) return;
    yield context.finding(
      ["tls", "clientVerify"],
      "customCaFile is given, but clientVerify is false",
      "the server then asks no client for a certificate; remove clientVerify or set it to true",
    );
  },
});
