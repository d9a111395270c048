import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules, rewriteArgument } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/mixed-precision-bfloat16",
  summary: "mixed_precision is bfloat16",
  severity: "error",
  effect: "silent",
  since: "2.15.0",
  why: "Any other text, also BFLOAT16, only makes a warning at each load: the model is served in full precision.",
  mend: "Write `--mixed_precision=bfloat16`, or drop the flag.",
  evidence: [
    "tensorflow/serving servables/tensorflow/saved_model_bundle_factory.cc",
    "recorded starts x30-mixed-foo, fv-mixed-case-bf16",
  ],
  logTexts: ["… auto mixed precision is not supported. Valid option: bfloat16"],
  fixable: true,
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--mixed_precision=fp16" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--mixed_precision=BFLOAT16" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--mixed_precision=bfloat16" } }],
  },
  *check(context) {
    const setting = context.flags.given("mixed_precision");
    if (setting === undefined || platformFileRules(context.flags)) return;
    const text = context.flags.string("mixed_precision");
    if (text === "" || text === "bfloat16") return;
    const sameWord = text.toLowerCase() === "bfloat16" || text.toLowerCase() === "bf16";
    yield {
      ...placeOfFlag(context, "mixed_precision"),
      message: `--mixed_precision=${text} is not supported: only bfloat16, in lower case, does anything`,
      ...(sameWord
        ? rewriteArgument(context, setting.index, "--mixed_precision=bfloat16", "Write bfloat16")
        : {}),
    };
  },
});
