import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/rest-port-range",
  summary: "the REST port lies between 1 and 65535",
  severity: "error",
  effect: "silent",
  why: "The port is cut to 16 bits: 74037 binds 8501, -1 binds 65535, 65536 binds a port that the system picks; the log shows the number given.",
  mend: "Give a port between 1 and 65535, or 0 to leave REST off.",
  evidence: [
    "tensorflow/serving util/net_http/server/internal/evhttp_server.cc",
    "recorded starts x7-rest-over-65535, x7-rest-65536",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=74037" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501" } }],
  },
  *check(context) {
    const port = context.flags.int("rest_api_port");
    if (!restRequested(context.flags) || (port > 0 && port < 65536)) return;
    const bound = port & 0xffff;
    const grpc = context.flags.int("port");
    const collides = bound !== 0 && grpc > 0 && bound === (grpc & 0xffff);
    yield {
      ...placeOfFlag(context, "rest_api_port"),
      message:
        bound === 0
          ? `--rest_api_port=${port} binds a port that the system picks, silently`
          : collides
            ? `--rest_api_port=${port} means port ${bound}, which gRPC has: REST is not started`
            : `--rest_api_port=${port} binds port ${bound}, silently`,
      ...(bound === 0 || collides
        ? { fate: { stage: stage.restStart, prediction: "serves-partially" as const, rank: 1 } }
        : {}),
    };
  },
});
