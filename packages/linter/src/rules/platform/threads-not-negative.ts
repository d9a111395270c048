import { defineLintRule } from "../../finding.ts";
import { type PlatformContext, placeIn } from "../../text-context.ts";
import { negativeThreads } from "../../views/platform-view.ts";

const platform = (session: string): string =>
  `platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true session_config { ${session} } } } } } }\n`;

export const rule = defineLintRule<PlatformContext>({
  id: "platform/threads-not-negative",
  summary: "thread pools of a platform's session have no negative size",
  severity: "error",
  effect: "fatal",
  why: "TensorFlow makes these pools with the first session and checks that they have a thread: a negative number aborts the process when the first model of the platform is loaded. A negative inter_op_parallelism_threads is allowed: ops then run in the caller's thread.",
  mend: "Give a number of threads, or 0 for automatic.",
  evidence: [
    "tensorflow/tensorflow core/common_runtime/local_device.cc, direct_session.cc, core/platform/threadpool.cc",
    "recorded start x15-neg-session (the same session settings, from a flag)",
  ],
  logTexts: ["Check failed: num_threads >= 1 (1 vs. …)"],
  examples: {
    bad: [
      { files: { "platform.config": platform("intra_op_parallelism_threads: -1") } },
      { files: { "platform.config": platform("session_inter_op_thread_pool { num_threads: -2 }") } },
    ],
    good: [
      {
        files: {
          "platform.config": platform("intra_op_parallelism_threads: 4 inter_op_parallelism_threads: -1"),
        },
      },
    ],
  },
  *check(context) {
    for (const { key, legacy } of context.view.platforms) {
      for (const { value, field } of negativeThreads(legacy)) {
        yield {
          ...placeIn(context, field),
          message: `${value} threads abort the server when the first model of platform "${key}" is loaded`,
          load: "aborts",
        };
      }
    }
  },
});
