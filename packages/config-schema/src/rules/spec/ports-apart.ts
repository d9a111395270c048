import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/ports-apart",
  summary: "gRPC and REST have different ports",
  severity: "error",
  effect: "silent",
  why: "with one port for both the server leaves REST and metrics off after one log line; docker refuses to publish one host port twice",
  mend: "give them different ports",
  evidence: ["tensorflow_serving/model_servers/server.cc:455-459", "recorded start on 2.17.1"],
  logTexts: [
    "server_options.http_port cannot be same as grpc_port. Please use a different port for HTTP/REST API. Skipped exporting HTTP/REST API.",
  ],
  symptoms: [28],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
ports: { grpc: 9000, rest: 9000 }
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
ports: { grpc: 9000, rest: 9001 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { grpc, rest } = context.resolved.ports;
    if (rest === undefined) return;
    if (grpc.container === rest.container) {
      yield context.finding(
        ["ports", "rest"],
        `gRPC and REST both have port ${rest.container} in the container`,
        "the server then leaves REST and metrics off after one line in the log; the image's own ports are 8500 and 8501",
        { related: [{ message: "the gRPC port", path: ["ports", "grpc"] }] },
      );
    }
    const addresses = new Set([grpc.address, rest.address]);
    if (grpc.published === undefined || grpc.published !== rest.published) return;
    if (addresses.size === 2 && !addresses.has(undefined)) return;
    yield context.finding(
      ["ports", "rest"],
      `gRPC and REST are both published on port ${grpc.published}`,
      "a host port can be published once; give REST another, or set ports.rest to false",
      { related: [{ message: "the gRPC port", path: ["ports", "grpc"] }] },
    );
  },
});
