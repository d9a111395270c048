import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/alts-only-on-google-cloud",
  summary: "ALTS is used inside Google Cloud only",
  severity: "error",
  effect: "fatal",
  since: "2.6.0",
  why: "Elsewhere gRPC finds no credentials and the server exits with 255 after all models were loaded.",
  mend: "Use `--ssl_config_file` outside Google Cloud.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x2-alts-alone"],
  logTexts: [
    "No credentials specified for secure server port (creds==NULL)",
    "Failed to BuildAndStart gRPC server",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--use_alts_credentials" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--use_alts_credentials=false" } }],
  },
  *check(context) {
    const { flags } = context;
    if (!flags.bool("use_alts_credentials") || flags.string("ssl_config_file") !== "") return;
    yield {
      ...placeOfFlag(context, "use_alts_credentials"),
      message: "--use_alts_credentials works inside Google Cloud only; elsewhere gRPC fails to start",
      fate: {
        stage: stage.grpcStart,
        prediction: flags.bool("enable_grpc_healthcheck_service") ? "aborts" : "exits",
      },
    };
  },
});
