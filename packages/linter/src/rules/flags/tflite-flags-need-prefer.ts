import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, platformFileRules, shown } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/tflite-flags-need-prefer",
  summary: "TensorFlow Lite settings come with prefer_tflite_model",
  severity: "warning",
  effect: "silent",
  since: "2.5.0",
  why: "Without `--prefer_tflite_model` no TensorFlow Lite session is made and the setting has no effect.",
  mend: "Add `--prefer_tflite_model=true`, or drop the setting.",
  evidence: [
    "tensorflow/serving servables/tensorflow/saved_model_bundle_factory.cc",
    "recorded start x36-tflite-num",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--num_tflite_pools=3" } }],
    good: [
      {
        files: { "<flags>": "--model_base_path=/models/m\n--prefer_tflite_model=true\n--num_tflite_pools=3" },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (flags.bool("prefer_tflite_model") || platformFileRules(flags)) return;
    for (const name of ["num_tflite_pools", "num_tflite_interpreters_per_pool"] as const) {
      const setting = flags.given(name);
      if (setting === undefined) continue;
      yield {
        ...placeOf(context, setting),
        message: `${shown(setting)} does nothing without --prefer_tflite_model`,
      };
    }
  },
});
