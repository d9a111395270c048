import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/grpc-threads",
  summary: "gRPC has at least two threads",
  severity: "error",
  effect: "request-fails",
  since: "2.5.0",
  why: "One thread always polls: with 1 the server looks healthy and refuses every call with RESOURCE_EXHAUSTED, with 0 it aborts after loading, a negative number lifts the limit.",
  mend: "Give one more than the calls that shall run at a time, or leave it at 4 per CPU.",
  evidence: ["gRPC src/cpp/thread_manager/thread_manager.cc", "recorded starts x28-grpc-threads-*"],
  logTexts: [
    "Server Threadpool Exhausted",
    "No thread quota available to even create the minimum required polling threads …",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--grpc_max_threads=1" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--grpc_max_threads=16" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.given("grpc_max_threads") === undefined) return;
    const threads = flags.int("grpc_max_threads");
    const place = placeOfFlag(context, "grpc_max_threads");
    if (threads === 0) {
      yield {
        ...place,
        message: "--grpc_max_threads=0 aborts the server once the models are loaded",
        fate: { stage: stage.grpcStart, prediction: "aborts", rank: 1 },
      };
    } else if (threads === 1) {
      yield {
        ...place,
        message: "--grpc_max_threads=1 leaves no thread for calls: every one is refused",
        fate: { stage: stage.serving, prediction: "serves-partially" },
      };
    } else if (threads < 0) {
      yield {
        ...place,
        severity: "warning",
        message: `--grpc_max_threads=${threads} lifts the limit altogether`,
      };
    }
  },
});
