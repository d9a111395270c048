import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/rest-port-differs",
  summary: "REST and gRPC have different ports",
  severity: "error",
  effect: "silent",
  why: "With equal ports the server logs one line and runs without REST and without metrics.",
  mend: "Give REST another port, commonly 8501.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x5-same-port"],
  logTexts: [
    "server_options.http_port cannot be same as grpc_port. Please use a different port for HTTP/REST API. Skipped exporting HTTP/REST API.",
  ],
  symptoms: [28],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8501\n--rest_api_port=8501" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8500\n--rest_api_port=8501" } }],
  },
  *check(context) {
    const port = context.flags.int("port");
    const rest = context.flags.int("rest_api_port");
    // Beyond 65535 gRPC binds the low 16 bits; a REST port out of range is told by its own rule.
    const collides = port > 0xffff && rest > 0 && rest <= 0xffff && (port & 0xffff) === rest;
    if (port === 0 || (rest !== port && !collides)) return;
    yield {
      ...placeOfFlag(context, "rest_api_port"),
      message: collides
        ? `--port=${port} means port ${rest}, which REST is given too: REST is not started`
        : `REST and gRPC are both given port ${port}: REST is not started`,
      fate: {
        stage: stage.restStart,
        prediction: "serves-partially",
        ...(collides ? { rank: 1 } : {}),
      },
    };
  },
});
