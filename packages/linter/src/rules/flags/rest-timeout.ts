import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/rest-timeout",
  summary: "the REST timeout leaves a model time to answer",
  severity: "warning",
  effect: "request-fails",
  why: "A REST call that runs longer is answered 504 `Timed out waiting for notification`; 0 or less means no timeout at all. The default is 30000 ms; gRPC calls have the client's deadline instead.",
  mend: "Give more than the slowest answer takes, in milliseconds.",
  evidence: [
    "tensorflow/serving model_servers/http_rest_api_handler.cc",
    "recorded starts fv-rest-timeout-*",
  ],
  logTexts: ["Timed out waiting for notification"],
  symptoms: [79],
  examples: {
    bad: [
      {
        files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501\n--rest_api_timeout_in_ms=1" },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501\n--rest_api_timeout_in_ms=60000",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (!restRequested(flags)) return;
    const timeout = flags.int("rest_api_timeout_in_ms");
    const place = placeOfFlag(context, "rest_api_timeout_in_ms");
    if (flags.given("rest_api_timeout_in_ms") === undefined) {
      yield {
        ...place,
        severity: "info",
        message: "REST answers are cut off after 30 seconds: --rest_api_timeout_in_ms is left at its default",
      };
      return;
    }
    if (timeout > 0 && timeout < 50) {
      yield {
        ...place,
        message: `--rest_api_timeout_in_ms=${timeout} cuts off every answer that takes longer than ${timeout} ms`,
      };
    } else if (timeout <= 0) {
      yield {
        ...place,
        severity: "info",
        message: `--rest_api_timeout_in_ms=${timeout} means no timeout at all`,
      };
    }
  },
});
