import { defineRule } from "@servable/diagnostics";
import type { SpecContext } from "../spec-context.ts";

/** sockaddr_un holds 108 bytes, one of them the end. */
const MAX_BYTES = 107;

/** Length in UTF-8. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

export const rule = defineRule<SpecContext>({
  id: "spec/socket-path-short",
  summary: "the path of a gRPC socket fits into a socket address",
  severity: "error",
  effect: "fatal",
  why: "a UNIX socket address holds 107 bytes; with a longer path the server exits after it has loaded the models",
  mend: "choose a shorter path",
  evidence: ["tensorflow_serving/model_servers/server.cc:383-389", "recorded start on 2.17.1"],
  logTexts: ["Failed to BuildAndStart gRPC server"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:\n  - name: m\n    path: ./m\ngrpc: { socketPath: /run/${"x".repeat(110)} }\n`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": "models:\n  - name: m\n    path: ./m\ngrpc: { socketPath: /run/grpc.sock }\n",
        },
      },
    ],
  },
  *check(context) {
    const path = context.resolved.grpc.socketPath;
    const bytes = path === undefined ? 0 : utf8Length(path);
    if (bytes <= MAX_BYTES) return;
    yield context.finding(
      ["grpc", "socketPath"],
      `grpc.socketPath has ${bytes} bytes`,
      `a socket address holds ${MAX_BYTES}; the server loads its models and then exits with: Failed to BuildAndStart gRPC server`,
    );
  },
});
