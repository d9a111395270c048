import { compareVersions } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/poll-sees-new-versions",
  summary: "a server whose models or versions change goes on polling",
  severity: "info",
  effect: "silent",
  why: "With `--file_system_poll_wait_seconds=0` the folders are looked at exactly once: new versions are never seen, a changed policy is never acted on, and a reload that adds a model waits for ever.",
  mend: "Give a period if versions or the config change while the server runs.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "recorded reloads r-fspoll0-add, r-fspoll0-policy, r-fspoll0-newversion",
  ],
  symptoms: [31],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_config_file=/models.config\n--model_config_file_poll_wait_seconds=30\n--file_system_poll_wait_seconds=0",
        },
      },
    ],
    good: [
      {
        files: { "<flags>": "--model_config_file=/models.config\n--model_config_file_poll_wait_seconds=30" },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (flags.given("file_system_poll_wait_seconds") === undefined) return;
    if (flags.int("file_system_poll_wait_seconds") !== 0 || compareVersions(flags.version, "1.14.0-rc0") < 0)
      return;
    const reloads =
      flags.string("model_config_file") !== "" && flags.int("model_config_file_poll_wait_seconds") > 0;
    yield {
      ...placeOfFlag(context, "file_system_poll_wait_seconds"),
      ...(reloads ? { severity: "error" as const } : {}),
      message: reloads
        ? "the config file is polled but folders are looked at only once: a config that adds a model hangs the reload"
        : "folders are looked at only once: new versions are not seen",
    };
  },
});
