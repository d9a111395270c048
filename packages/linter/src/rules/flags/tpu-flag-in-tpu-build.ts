import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/tpu-flag-in-tpu-build",
  summary: "skip_initialize_tpu is given to TPU builds only",
  severity: "warning",
  effect: "silent",
  since: "2.15.0",
  why: "CPU and GPU builds accept the flag and do nothing with it.",
  mend: "Drop it.",
  evidence: ["tensorflow/serving model_servers/main.cc", "recorded start fv-skip-tpu"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--skip_initialize_tpu=true" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    if (!context.flags.bool("skip_initialize_tpu")) return;
    yield {
      ...placeOfFlag(context, "skip_initialize_tpu"),
      message: "--skip_initialize_tpu has no effect outside TPU builds",
    };
  },
});
