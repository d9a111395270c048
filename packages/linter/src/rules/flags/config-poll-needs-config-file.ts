import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/config-poll-needs-config-file",
  summary: "model_config_file_poll_wait_seconds comes with model_config_file",
  severity: "warning",
  effect: "silent",
  since: "1.15.0",
  why: "Without a config file there is nothing to poll, and the flag is ignored without a word.",
  mend: "Drop it, or serve from a config file.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x20-poll-no-config"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--model_config_file_poll_wait_seconds=60" } }],
    good: [
      {
        files: { "<flags>": "--model_config_file=/models.config\n--model_config_file_poll_wait_seconds=60" },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (flags.int("model_config_file_poll_wait_seconds") <= 0 || flags.string("model_config_file") !== "")
      return;
    yield {
      ...placeOfFlag(context, "model_config_file_poll_wait_seconds"),
      message: "--model_config_file_poll_wait_seconds does nothing without --model_config_file",
    };
  },
});
