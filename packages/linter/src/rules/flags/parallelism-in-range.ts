import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

const names = [
  "tensorflow_session_parallelism",
  "tensorflow_intra_op_parallelism",
  "tensorflow_inter_op_parallelism",
] as const;

/** Whether the session's thread pools cannot be made: the first load then aborts the process. */
export function sessionThreadsAbort(flags: FlagsContext["flags"]): boolean {
  if (platformFileRules(flags)) return false;
  const separate =
    flags.int64("tensorflow_intra_op_parallelism") > 0n ||
    flags.int64("tensorflow_inter_op_parallelism") > 0n;
  const threads = BigInt.asIntN(32, flags.int64("tensorflow_session_parallelism"));
  return !separate && threads < 0n;
}

export const rule = defineLintRule<FlagsContext>({
  id: "flags/parallelism-in-range",
  summary: "parallelism is not negative and fits 32 bits",
  severity: "error",
  effect: "fatal",
  why: "A negative session parallelism aborts the process when the first model is loaded; negative intra-op or inter-op values count as not given; numbers beyond 32 bits are cut silently.",
  mend: "Give a number of threads, or 0 for automatic.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "recorded starts x15-neg-session, x15-neg-intra, x15-huge",
  ],
  logTexts: ["Check failed: num_threads >= 1 (1 vs. …)"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--tensorflow_session_parallelism=-1" } }],
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
      if (name === "tensorflow_session_parallelism" && sessionThreadsAbort(flags)) {
        yield {
          ...place,
          message: `--${name}=${value} aborts the server when the first model is loaded`,
          load: "aborts",
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
