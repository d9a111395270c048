import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/load-retries",
  summary: "the number of load retries is not negative",
  severity: "error",
  effect: "hangs",
  why: "The number is taken as unsigned: -1 means one attempt by overflow, -2 and below mean practically endless retries, so a broken model keeps the ports closed for ever.",
  mend: "Use 0 for one attempt, or a small number.",
  evidence: ["tensorflow/serving util/retrier.cc", "recorded start fv-retries-neg1-bad"],
  symptoms: [73],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--max_num_load_retries=-2" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--max_num_load_retries=0" } }],
  },
  *check(context) {
    const retries = context.flags.int("max_num_load_retries");
    if (retries >= 0) return;
    yield {
      ...placeOfFlag(context, "max_num_load_retries"),
      ...(retries === -1 ? { severity: "warning" as const } : {}),
      message:
        retries === -1
          ? "--max_num_load_retries=-1 means one attempt by overflow; write 0"
          : `--max_num_load_retries=${retries} retries a broken model practically for ever`,
    };
  },
});
