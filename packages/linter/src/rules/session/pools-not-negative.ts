import { defineLintRule } from "../../finding.ts";
import { placeIn, type TextContext } from "../../text-context.ts";
import { sessionThreads } from "../../views/session-view.ts";

export const rule = defineLintRule<TextContext>({
  id: "session/pools-not-negative",
  summary: "a session's thread pools have no negative size",
  severity: "error",
  effect: "fatal",
  since: "2.8.0",
  why: "TensorFlow makes these pools with every session and checks that they have a thread: a negative number aborts the process when the first model is loaded.",
  mend: "Give a number of threads, or 0 for automatic.",
  evidence: [
    "tensorflow/tensorflow core/common_runtime/direct_session.cc, core/platform/threadpool.cc",
    "recorded start x15-neg-session (the same check, from a flag)",
  ],
  logTexts: ["Check failed: num_threads >= 1 (1 vs. …)"],
  examples: {
    bad: [{ files: { "session.config": "session_inter_op_thread_pool { num_threads: -1 }\n" } }],
    good: [{ files: { "session.config": "session_inter_op_thread_pool { num_threads: 4 }\n" } }],
  },
  *check(context) {
    for (const { value, field } of sessionThreads(context.message).pools) {
      if (value >= 0) continue;
      yield {
        ...placeIn(context, field),
        message: `a pool of ${value} threads aborts the server when the first model is loaded`,
        load: "aborts",
      };
    }
  },
});
