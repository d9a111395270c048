import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/rest-json-depth",
  summary: "REST is not open to clients who may send any JSON",
  severity: "info",
  effect: "security",
  why: "The server turns nested JSON lists into a tensor by recursion without a limit: a body of tens of thousands of opening brackets (under 100 kB) overflows the stack and ends the process, for every model in it.",
  mend: "Let only trusted clients reach the REST port, or put a proxy before it that limits the body and its depth.",
  evidence: [
    "tensorflow/serving util/json_tensor.cc (recursive GetDenseTensorShape, FillTensorMap)",
    "its code built and run with 50,000 levels: a crash; with 10,000: none",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    if (!restRequested(context.flags)) return;
    yield {
      ...placeOfFlag(context, "rest_api_port"),
      message: "one REST request of deeply nested lists can end the server",
    };
  },
});
