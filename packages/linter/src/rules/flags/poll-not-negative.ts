import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/poll-not-negative",
  summary: "the file system is looked at",
  severity: "error",
  effect: "hangs",
  why: "A negative `--file_system_poll_wait_seconds` means never: the start waits for ever and no port opens.",
  mend: "Use 0 to look exactly once, or a period in seconds.",
  evidence: [
    "tensorflow/serving sources/storage_path/file_system_storage_path_source.cc",
    "tensorflow/serving#1295",
    "recorded start x25-fspoll-neg",
  ],
  symptoms: [32],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--file_system_poll_wait_seconds=-1" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--file_system_poll_wait_seconds=60" } }],
  },
  *check(context) {
    const seconds = context.flags.int("file_system_poll_wait_seconds");
    if (seconds >= 0) return;
    yield {
      ...placeOfFlag(context, "file_system_poll_wait_seconds"),
      message: `--file_system_poll_wait_seconds=${seconds} never looks for models: the start waits for ever`,
      fate: { stage: stage.loading, prediction: "hangs", rank: 0 },
    };
  },
});
