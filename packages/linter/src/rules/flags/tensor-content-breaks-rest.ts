import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/tensor-content-breaks-rest",
  summary: "tensor_content answers are not combined with REST predict",
  severity: "error",
  effect: "request-fails",
  since: "2.19.0",
  why: "The JSON writer reads only the typed value lists, which this flag leaves empty, without a size check: wrong numbers or a crash on REST predict.",
  mend: "Leave REST off on such a server, or leave the flag off.",
  evidence: ["tensorflow/serving servables/tensorflow/predict_impl.cc, util/json_tensor.cc (read, not run)"],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--rest_api_port=8501\n--enable_profiler=false\n--enable_serialization_as_tensor_content=true",
        },
        tfsVersion: "2.19.0",
      },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--enable_profiler=false\n--enable_serialization_as_tensor_content=true",
        },
        tfsVersion: "2.19.0",
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (!flags.bool("enable_serialization_as_tensor_content") || !restRequested(flags)) return;
    yield {
      ...placeOfFlag(context, "enable_serialization_as_tensor_content"),
      message:
        "REST predict reads past empty value lists when --enable_serialization_as_tensor_content is on",
    };
  },
});
