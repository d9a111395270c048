import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/load-threads-not-negative",
  summary: "load and unload threads are not negative",
  severity: "error",
  effect: "fatal",
  since: "2.5.0",
  why: "A negative number aborts the process before any model is loaded.",
  mend: "Use 0 (in the manager's thread) or a number of threads.",
  evidence: [
    "tensorflow/serving core/basic_manager.cc",
    "recorded starts fv-num_load_threads--1, fv-num_unload_threads--1",
  ],
  logTexts: ["Check failed: num_threads >= 1 (1 vs. …)"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--num_load_threads=-1" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--num_load_threads=2" } }],
  },
  *check(context) {
    for (const name of ["num_load_threads", "num_unload_threads"] as const) {
      const threads = context.flags.int(name);
      if (threads >= 0) continue;
      yield {
        ...placeOfFlag(context, name),
        message: `--${name}=${threads} aborts the server`,
        fate: { stage: stage.threadPools, prediction: "aborts" },
      };
    }
  },
});
