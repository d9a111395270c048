import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/monitoring-needs-rest",
  summary: "monitoring_config_file comes with a REST port",
  severity: "error",
  effect: "silent",
  why: "Metrics are served by the REST server: without it the file is not even opened, and nothing says so.",
  mend: "Give `--rest_api_port`.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "recorded starts x16-mon-no-rest, x16-mon-same-port",
  ],
  symptoms: [29],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--monitoring_config_file=/monitoring.config" } },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--rest_api_port=8501\n--monitoring_config_file=/monitoring.config",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (flags.string("monitoring_config_file") === "" || restRequested(flags)) return;
    yield {
      ...placeOfFlag(context, "monitoring_config_file"),
      message: "--monitoring_config_file is not read: REST, which serves the metrics, is not started",
    };
  },
});
