import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/rest-stays-plain",
  summary: "with TLS, REST is not open beside it",
  severity: "warning",
  effect: "security",
  why: "TLS protects the gRPC port only: REST and metrics stay plain HTTP on all interfaces",
  mend: "set ports.rest to false, publish it on 127.0.0.1 only, or put a proxy before it",
  evidence: ["tensorflow_serving/model_servers/server.cc:376-389,446-449", "recorded start on 2.17.1"],
  symptoms: [75],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
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
tls: { serverKeyFile: k.pem, serverCertFile: c.pem }
`,
        },
      },
    ],
  },
  *check(context) {
    const { tls, ports } = context.resolved;
    if (tls === undefined || ports.rest?.published === undefined) return;
    if (
      ports.rest.address === "127.0.0.1" ||
      ports.rest.address === "::1" ||
      ports.rest.address === "localhost"
    )
      return;
    yield context.finding(
      ["tls"],
      `the REST port ${ports.rest.published} stays plain HTTP beside TLS`,
      "anyone who reaches the REST port can send requests unencrypted and without a certificate; set ports.rest to false, or to { published: 8501, address: 127.0.0.1 }",
      { part: "key" },
    );
  },
});
