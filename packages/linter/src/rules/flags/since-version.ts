import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf } from "../../flags-context.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/since-version",
  summary: "no flag is newer than the server",
  severity: "error",
  effect: "silent",
  why: "To an older binary the flag is an unknown argument: one line on stdout, then it starts without it.",
  mend: "Use a newer image, or do without the flag.",
  evidence: [
    "flag names registered in tensorflow/serving model_servers/main.cc at every release tag",
    "tensorflow/serving#1413",
    "recorded start flag-newer-219",
  ],
  logTexts: ["unknown argument: --enable_serialization_as_tensor_content=true"],
  symptoms: [25],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--enable_serialization_as_tensor_content=true" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--mixed_precision=bfloat16" } }],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "too-new") continue;
      yield {
        ...placeOf(context, reading.argument.index),
        message: `--${reading.flag.name} exists from TensorFlow Serving ${reading.flag.since} on, not in ${context.flags.version}`,
      };
    }
  },
});
