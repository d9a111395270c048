import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/alts-or-ssl",
  summary: "ALTS and TLS are not both asked for",
  severity: "error",
  effect: "fatal",
  since: "2.6.0",
  why: "The server refuses the pair and exits with 255.",
  mend: "Keep one of `--use_alts_credentials` and `--ssl_config_file`.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x2-alts-ssl"],
  logTexts: ["Either use_alts_credentials must be false or ssl_config_file must be empty."],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--use_alts_credentials\n--ssl_config_file=/ssl.config",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--ssl_config_file=/ssl.config" } }],
  },
  *check(context) {
    const { flags } = context;
    if (!flags.bool("use_alts_credentials") || flags.string("ssl_config_file") === "") return;
    yield {
      ...placeOfFlag(context, "use_alts_credentials"),
      message: "--use_alts_credentials and --ssl_config_file exclude one another",
      fate: { stage: stage.credentials, prediction: "exits" },
    };
  },
});
