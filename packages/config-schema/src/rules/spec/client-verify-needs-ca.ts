import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/client-verify-needs-ca",
  summary: "verifying clients needs a CA",
  severity: "error",
  effect: "request-fails",
  why: "without a CA the server starts and refuses every client",
  mend: "give tls.customCaFile",
  evidence: ["tensorflow_serving/config/ssl_config.proto", "recorded start on 2.17.1"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { rest: false }
tls: { serverKeyFile: k.pem, serverCertFile: c.pem, clientVerify: true }
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
tls: { serverKeyFile: k.pem, serverCertFile: c.pem, customCaFile: ca.pem, clientVerify: true }
`,
        },
      },
    ],
  },
  *check(context) {
    const { tls } = context.resolved;
    if (tls === undefined || !tls.clientVerify || tls.customCaFile !== undefined) return;
    yield context.finding(
      ["tls", "clientVerify"],
      "clientVerify is true, but no customCaFile is given",
      "the server has no CA to verify clients with and refuses all of them; give tls.customCaFile",
    );
  },
});
