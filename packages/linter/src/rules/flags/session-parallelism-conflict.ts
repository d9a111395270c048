import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/session-parallelism-conflict",
  summary: "session parallelism is not given together with both intra-op and inter-op parallelism",
  severity: "error",
  effect: "fatal",
  why: "All three above 0 end the start with 255. The entrypoint of the MKL image always sets the last two.",
  mend: "Give either `--tensorflow_session_parallelism`, or the other two.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded starts x15-all-three, ord-session-x15"],
  logTexts: [
    "Either configure server_options.tensorflow_session_parallelism or (server_options.tensorflow_intra_op_parallelism, server_options.tensorflow_inter_op_parallelism) separately. You cannot configure all.",
  ],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--tensorflow_session_parallelism=4\n--tensorflow_intra_op_parallelism=4\n--tensorflow_inter_op_parallelism=2",
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--tensorflow_intra_op_parallelism=4\n--tensorflow_inter_op_parallelism=2",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (platformFileRules(flags)) return;
    const all =
      flags.int64("tensorflow_session_parallelism") > 0n &&
      flags.int64("tensorflow_intra_op_parallelism") > 0n &&
      flags.int64("tensorflow_inter_op_parallelism") > 0n;
    if (!all) return;
    yield {
      ...placeOfFlag(context, "tensorflow_session_parallelism"),
      message: "session, intra-op and inter-op parallelism are all given",
      fate: { stage: stage.parallelism, prediction: "exits" },
    };
  },
});
