import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/warmup-iterations",
  summary: "warm-up iterations are positive and warm-up is on",
  severity: "warning",
  effect: "silent",
  since: "2.8.0",
  why: "The number is used only if it is above 0 and warm-up is on; otherwise each record is replayed once or not at all, without a word.",
  mend: "Give a positive number and leave `--enable_model_warmup` on, or drop the flag.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "recorded starts x37-warmup-iter-off, wu-iter-neg",
  ],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--enable_model_warmup=false\n--num_request_iterations_for_warmup=3",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--num_request_iterations_for_warmup=3" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.given("num_request_iterations_for_warmup") === undefined || platformFileRules(flags)) return;
    const iterations = flags.int("num_request_iterations_for_warmup");
    const place = placeOfFlag(context, "num_request_iterations_for_warmup");
    if (!flags.bool("enable_model_warmup")) {
      yield { ...place, message: "--num_request_iterations_for_warmup does nothing: warm-up is off" };
    } else if (iterations < 0) {
      yield { ...place, message: `--num_request_iterations_for_warmup=${iterations} counts as 1` };
    }
  },
});
