import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/gpu-memory-fraction",
  summary: "the GPU memory fraction lies between 0 and 1",
  severity: "error",
  effect: "silent",
  why: "The server takes any number, also negative ones and NaN, without a check.",
  mend: "Give a fraction such as 0.5; 0 lets TensorFlow take nearly all memory.",
  evidence: ["tensorflow/serving model_servers/main.cc", "recorded starts float-over1, float-neg, float-nan"],
  symptoms: [71],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--per_process_gpu_memory_fraction=1.5" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--per_process_gpu_memory_fraction=0.5" } }],
  },
  *check(context) {
    const setting = context.flags.given("per_process_gpu_memory_fraction");
    if (setting === undefined || platformFileRules(context.flags)) return;
    const fraction = context.flags.float("per_process_gpu_memory_fraction");
    if (fraction >= 0 && fraction <= 1) return;
    yield {
      ...placeOfFlag(context, "per_process_gpu_memory_fraction"),
      message: `--per_process_gpu_memory_fraction=${setting.text} is not between 0 and 1`,
    };
  },
});
