import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/reload-is-open",
  summary: "only trusted clients reach the gRPC port",
  severity: "info",
  effect: "security",
  why: "ModelService is on the same port as the predictions and knows no users: whoever reaches it may load, unload and swap models by HandleReloadConfigRequest, let it hang, or leave a list behind that refuses every later one.",
  mend: "Demand client certificates (`--ssl_config_file` with client_verify), or keep the port inside a network that you trust.",
  evidence: [
    "tensorflow/serving model_servers/model_service_impl.cc, server.cc",
    "recorded reloads r-add-empty, r-no-platform-new",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--enable_profiler=false" } }],
    good: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--enable_profiler=false\n--ssl_config_file=/ssl.config",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (flags.string("ssl_config_file") !== "" || flags.bool("use_alts_credentials")) return;
    yield {
      ...placeOfFlag(context, "port"),
      message: "whoever reaches the gRPC port may change which models are served",
    };
  },
});
