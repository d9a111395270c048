import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/profiler-off",
  summary: "the profiler service is switched off where nobody profiles",
  severity: "info",
  effect: "security",
  since: "2.5.0",
  why: "The TensorFlow profiler is on by default and answers anyone who reaches the gRPC port.",
  mend: "Give `--enable_profiler=false` in production.",
  evidence: ["tensorflow/serving model_servers/server.h, server.cc"],
  logTexts: ["Profiler service is enabled"],
  symptoms: [78],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--enable_profiler=false" } }],
  },
  *check(context) {
    if (!context.flags.bool("enable_profiler") || context.flags.action !== "start") return;
    yield {
      ...placeOfFlag(context, "enable_profiler"),
      message: "the profiler service is open on the gRPC port (--enable_profiler is on by default)",
    };
  },
});
