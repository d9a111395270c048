import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/rest-threads",
  summary: "REST has at least two threads",
  severity: "error",
  effect: "fatal",
  why: "One thread is taken for good by the event loop: with 1 the port accepts connections and every request hangs; with 0 or fewer the process aborts after gRPC was opened.",
  mend: "Give 2 or more, or leave it at 4 per CPU.",
  evidence: [
    "tensorflow/serving util/net_http/server/internal/evhttp_server.cc",
    "tensorflow/serving#1576",
    "recorded starts x23-*",
  ],
  logTexts: ["Check failed: num_threads >= 1 (1 vs. …)"],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501\n--rest_api_num_threads=1" } },
    ],
    good: [
      { files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501\n--rest_api_num_threads=2" } },
    ],
  },
  *check(context) {
    const { flags } = context;
    const setting = flags.given("rest_api_num_threads");
    if (setting === undefined || !restRequested(flags)) return;
    const threads = flags.int("rest_api_num_threads");
    if (threads > 1) return;
    yield {
      ...placeOfFlag(context, "rest_api_num_threads"),
      message:
        threads === 1
          ? "--rest_api_num_threads=1 leaves no thread for requests: each one hangs"
          : `${threads} REST threads abort the server as soon as REST starts`,
      ...(threads === 1 ? {} : { fate: { stage: stage.restStart, prediction: "aborts" as const } }),
    };
  },
});
