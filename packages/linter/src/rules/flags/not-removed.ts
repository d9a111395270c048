import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf } from "../../flags-context.ts";
import { misreadings } from "./unknown-arguments.ts";

const replacement: Readonly<Record<string, string>> = { use_tflite_model: "prefer_tflite_model" };

export const rule = defineLintRule<FlagsContext>({
  id: "flags/not-removed",
  summary: "no flag has been removed from this version of the server",
  severity: "error",
  effect: "silent",
  why: "A removed flag is an unknown argument: the server names it on stdout and starts without it.",
  mend: "Use its successor or drop it.",
  evidence: ["tensorflow/serving model_servers/main.cc at 2.2.0 and 2.3.0", "recorded start flag-removed"],
  logTexts: ["unknown argument: --use_tflite_model=true"],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--use_tflite_model=true" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--prefer_tflite_model=true" } }],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "removed") continue;
      const successor = replacement[reading.flag.name];
      yield {
        ...placeOf(context, reading.argument.index),
        message: `--${reading.flag.name} was removed in ${reading.flag.until}${successor === undefined ? "" : `; its successor is --${successor}`}`,
      };
    }
  },
});
