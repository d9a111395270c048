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
    if (port === 0 || context.flags.int("rest_api_port") !== port) return;
    yield {
      ...placeOfFlag(context, "rest_api_port"),
      message: `REST and gRPC are both given port ${port}: REST is not started`,
      fate: { stage: stage.restStart, prediction: "serves-partially" },
    };
  },
});
