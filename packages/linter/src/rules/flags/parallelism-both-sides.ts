import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/parallelism-both-sides",
  summary: "intra-op and inter-op parallelism are given as a pair",
  severity: "warning",
  effect: "silent",
  since: "1.13.0",
  why: "When only one of them is above 0 the other becomes automatic, and `--tensorflow_session_parallelism` is ignored.",
  mend: "Give both, or only the session parallelism.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x14-inter-37-session-2"],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--tensorflow_inter_op_parallelism=2\n--tensorflow_session_parallelism=4",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--tensorflow_session_parallelism=4" } }],
  },
  *check(context) {
    const { flags } = context;
    if (platformFileRules(flags)) return;
    const intra = flags.int64("tensorflow_intra_op_parallelism") > 0n;
    const inter = flags.int64("tensorflow_inter_op_parallelism") > 0n;
    const session = flags.given("tensorflow_session_parallelism");
    if (intra === inter) return;
    // What a negative number beside a positive one does, flags/parallelism-in-range says.
    if (flags.int64(`tensorflow_${intra ? "inter" : "intra"}_op_parallelism`) < 0n) return;
    const [one, other] = intra
      ? (["tensorflow_intra_op_parallelism", "inter-op"] as const)
      : (["tensorflow_inter_op_parallelism", "intra-op"] as const);
    if (session !== undefined && flags.int64("tensorflow_session_parallelism") !== 0n) {
      yield {
        ...placeOfFlag(context, "tensorflow_session_parallelism"),
        message: `--tensorflow_session_parallelism is ignored because --${one} is given; ${other} threads are left to TensorFlow`,
      };
    } else {
      yield {
        ...placeOfFlag(context, one),
        severity: "info",
        message: `only --${one} is given: ${other} threads are left to TensorFlow`,
      };
    }
  },
});
