import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/health-check-service",
  summary: "the gRPC health service is not taken for the models' health",
  severity: "info",
  effect: "silent",
  since: "2.15.0",
  why: "It says SERVING from the start on, whatever the models do; and when gRPC cannot start (port taken, bad certificate), the process crashes with a segmentation fault instead of naming the cause.",
  mend: 'Probe the names "", `ModelService` or `PredictionService`; look into GetModelStatus for a model\'s state.',
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded starts fv-health, ssl-paths-health"],
  symptoms: [38, 72],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--enable_grpc_healthcheck_service=true" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    if (!context.flags.bool("enable_grpc_healthcheck_service")) return;
    yield {
      ...placeOfFlag(context, "enable_grpc_healthcheck_service"),
      message: "the gRPC health service says SERVING whatever the models do",
    };
  },
});
