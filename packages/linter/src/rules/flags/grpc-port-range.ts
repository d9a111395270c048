import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/grpc-port-range",
  summary: "the gRPC port lies between 1 and 65535",
  severity: "error",
  effect: "fatal",
  why: "A negative port ends the start with 255 after all models were loaded; one beyond 65535 is bound modulo 65536 while the log shows the number given.",
  mend: "Give a port between 1 and 65535.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x8-grpc-negative"],
  logTexts: ["Failed to BuildAndStart gRPC server", "Servname not supported for ai_socktype"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=-1" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8500" } }],
  },
  *check(context) {
    const port = context.flags.int("port");
    if (port < 0) {
      const crashes = context.flags.bool("enable_grpc_healthcheck_service");
      yield {
        ...placeOfFlag(context, "port"),
        message: `--port=${port} is no port: gRPC fails to start after the models were loaded`,
        fate: { stage: stage.grpcStart, prediction: crashes ? "aborts" : "exits" },
      };
    } else if (port > 65535) {
      yield {
        ...placeOfFlag(context, "port"),
        message: `--port=${port} is beyond 65535: the server binds ${port % 65536 === 0 ? "a port that the system picks" : port % 65536}, silently`,
        ...(port % 65536 === 0
          ? { fate: { stage: stage.serving, prediction: "serves-partially" as const } }
          : {}),
      };
    }
  },
});
