import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/rest-is-on",
  summary: "REST is on where it is wanted",
  severity: "info",
  effect: "silent",
  why: "The REST port defaults to 0, which means no REST and no metrics, and nothing is logged about it; only the entrypoint of the Docker images sets 8501.",
  mend: "Give `--rest_api_port` if REST, metrics or HTTP probes are wanted.",
  evidence: ["tensorflow/serving model_servers/server.h", "recorded starts flag-norest, rest-port-0"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8500" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.int("rest_api_port") !== 0 || flags.action !== "start") return;
    yield {
      ...placeOfFlag(context, "rest_api_port"),
      message:
        flags.given("rest_api_port") === undefined
          ? "REST is off: --rest_api_port is not given"
          : "REST is off: --rest_api_port is 0",
    };
  },
});
