import { compareVersions } from "@servable/server-flags";
import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/grpc-endpoint",
  summary: "gRPC has a port or a socket",
  severity: "error",
  effect: "fatal",
  why: "gRPC cannot be switched off: with `--port=0` and no socket the server exits with 255; up to 2.4 port 0 was refused even with a socket.",
  mend: "Give `--port`, or `--grpc_socket_path` from 2.5 on.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded starts x1-port0, ord-x1-x3"],
  logTexts: [
    "At least one of server_options.grpc_port or server_options.grpc_socket_path must be set.",
    "server_options.grpc_port is not set.",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=0" } }],
    good: [
      { files: { "<flags>": "--model_base_path=/models/m\n--port=0\n--grpc_socket_path=/run/tfs.sock" } },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (flags.int("port") !== 0) return;
    const old = compareVersions(flags.version, "2.5.0-rc0") < 0;
    if (!old && flags.string("grpc_socket_path") !== "") return;
    yield {
      ...placeOfFlag(context, "port"),
      message: old
        ? `TensorFlow Serving ${flags.version} refuses --port=0, with or without a socket`
        : "--port=0 without --grpc_socket_path leaves gRPC no endpoint",
      fate: { stage: stage.grpcEndpoint, prediction: "exits" },
    };
  },
});
