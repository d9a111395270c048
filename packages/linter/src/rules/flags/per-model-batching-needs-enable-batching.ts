import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/per-model-batching-needs-enable-batching",
  summary: "enable_per_model_batching_parameters comes with enable_batching",
  severity: "error",
  effect: "silent",
  since: "2.11.0",
  why: "Alone it is ignored without a message: nothing is batched.",
  mend: "Add `--enable_batching=true`.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x10-permodel-no-batching"],
  symptoms: [37],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--enable_per_model_batching_parameters=true" } },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--enable_batching=true\n--enable_per_model_batching_parameters=true",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (platformFileRules(flags) || flags.bool("enable_batching")) return;
    if (!flags.bool("enable_per_model_batching_parameters")) return;
    yield {
      ...placeOfFlag(context, "enable_per_model_batching_parameters"),
      message: "--enable_per_model_batching_parameters does nothing without --enable_batching",
    };
  },
});
