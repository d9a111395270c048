import { defineLintRule, stage } from "../../finding.ts";
import { placeOfFlag } from "../../flags-context.ts";
import { patienceMs, type StartContext } from "../../start/start-context.ts";
import { deciding } from "../../start/start-model.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/retries-hide-failures",
  summary: "a broken model is reported soon",
  severity: "warning",
  effect: "hangs",
  why: "A failing load is retried `--max_num_load_retries` times (5) with `--load_retry_interval_micros` (one minute) in between; meanwhile no port is open and nothing but the log tells why.",
  mend: "Give `--max_num_load_retries=0` for checks and smoke tests.",
  evidence: [
    "tensorflow/serving util/retrier.cc",
    "recorded starts fv-retries-default-bad, bp-newest-broken-all-retry",
  ],
  logTexts: ["Retrying of Loading servable: … retry: …"],
  symptoms: [73],
  examples: {
    bad: [
      {
        title: "saved_model.pb is cut off; it is tried six times in five minutes",
        files: { "<flags>": exampleFlags, "/models/m/1/saved_model.pb": "\b\u0001\u0012\u0010cut" },
        also: ["saved-model/is-saved-model"],
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--max_num_load_retries=0`,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    if (context.retryMs <= patienceMs) return;
    const failing = context.models
      .flatMap((model) => model.versions)
      .filter((version) => deciding(version.problems)?.kind === "fails");
    if (failing.length === 0) return;
    const minutes = context.retryMs / 60_000;
    yield {
      ...placeOfFlag(context, "max_num_load_retries"),
      message: `the failing load is retried for ${
        !Number.isFinite(minutes)
          ? "practically ever"
          : minutes >= 1
            ? `${Number(minutes.toFixed(1))} minutes`
            : `${context.retryMs / 1000} s`
      } before anything happens`,
      fate: { stage: stage.loading, prediction: "hangs", rank: 40 },
    };
  },
});
