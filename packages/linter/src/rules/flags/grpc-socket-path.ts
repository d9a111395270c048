import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/grpc-socket-path",
  summary: "the socket's path is at most 107 bytes long",
  severity: "error",
  effect: "fatal",
  why: "A longer path does not fit the system's socket address: gRPC fails to start, with 255, after all models were loaded.",
  mend: "Choose a shorter path, such as one under /run.",
  evidence: ["gRPC src/core/lib/address_utils", "recorded start x1-socket-too-long"],
  logTexts: ["Path name should not have more than 107 characters", "Failed to BuildAndStart gRPC server"],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--grpc_socket_path=/run/a/very/long/folder/name/that/goes/on/and/on/until/nobody/reads/it/any/more/but/goes/on/and/on/and/on/and/on/and/on/until/it/does/not/fit/any/more.sock",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--grpc_socket_path=/run/tfs.sock" } }],
  },
  *check(context) {
    const { flags } = context;
    const path = flags.string("grpc_socket_path");
    const bytes = utf8Length(path);
    if (bytes <= 107) return;
    yield {
      ...placeOfFlag(context, "grpc_socket_path"),
      message: `--grpc_socket_path has ${bytes} bytes; a socket path may have 107`,
      fate: {
        stage: stage.grpcStart,
        prediction: flags.bool("enable_grpc_healthcheck_service") ? "aborts" : "exits",
      },
    };
  },
});

/** Bytes of a text as UTF-8. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
