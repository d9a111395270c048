import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

const names = [
  "tensorflow_session_parallelism",
  "tensorflow_intra_op_parallelism",
  "tensorflow_inter_op_parallelism",
] as const;

/**
 * The flag that sets the threads within an op: where one of the other two is positive, theirs count, also a negative one.
 * A pool of negative size cannot be made, so that the first load then aborts the process.
 */
function intraOpFlag(flags: FlagsContext["flags"]): (typeof names)[number] {
  const separate =
    flags.int64("tensorflow_intra_op_parallelism") > 0n ||
    flags.int64("tensorflow_inter_op_parallelism") > 0n;
  return separate ? "tensorflow_intra_op_parallelism" : "tensorflow_session_parallelism";
}

export const rule = defineLintRule<FlagsContext>({
  id: "flags/parallelism-in-range",
  summary: "parallelism is not negative and fits 32 bits",
  severity: "error",
  effect: "fatal",
  why: "A negative session parallelism aborts the process when the first model is loaded, and so does a negative intra-op value beside a positive inter-op one; else negative intra-op or inter-op values count as not given; numbers beyond 32 bits are cut silently.",
  mend: "Give a number of threads, or 0 for automatic.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "tensorflow/tensorflow core/common_runtime/local_device.cc, direct_session.cc (run_in_caller_thread_)",
    "recorded starts x15-neg-session, x15-neg-intra, x15-huge",
  ],
  logTexts: ["Check failed: num_threads >= 1 (1 vs. …)"],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--tensorflow_session_parallelism=-1" } },
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--tensorflow_intra_op_parallelism=-1\n--tensorflow_inter_op_parallelism=4",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--tensorflow_session_parallelism=4" } }],
  },
  *check(context) {
    const { flags } = context;
    if (platformFileRules(flags)) return;
    for (const name of names) {
      const setting = flags.given(name);
      if (setting === undefined) continue;
      const value = flags.int64(name);
      const cut = BigInt.asIntN(32, value);
      const place = placeOfFlag(context, name);
      if (name === intraOpFlag(flags) && cut < 0n) {
        yield {
          ...place,
          message: `--${name}=${value} aborts the server when the first model is loaded`,
          load: "aborts",
        };
      } else if (
        value < 0n &&
        name === "tensorflow_inter_op_parallelism" &&
        intraOpFlag(flags) !== names[0]
      ) {
        yield {
          ...place,
          severity: "warning",
          message: `--${name}=${value} beside --tensorflow_intra_op_parallelism makes every request run its ops in one thread`,
        };
      } else if (value < 0n) {
        yield { ...place, severity: "warning", message: `--${name}=${value} counts as not given` };
      } else if (cut !== value) {
        yield {
          ...place,
          severity: "warning",
          message: `--${name}=${value} is cut to 32 bits: the server uses ${cut}`,
        };
      }
    }
  },
});
