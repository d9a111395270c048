import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf } from "../../flags-context.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/no-stray-arguments",
  summary: "every argument is a flag",
  severity: "warning",
  effect: "silent",
  why: "The server takes no other arguments: it names the first one on stdout and goes on.",
  mend: "Remove it; a shell variable that is empty leaves an empty argument behind when it is quoted.",
  evidence: ["tensorflow/serving model_servers/main.cc", "recorded start flag-empty-arg"],
  logTexts: ["unknown argument: tensorflow_model_server"],
  examples: {
    bad: [{ files: { "<flags>": "tensorflow_model_server\n--model_base_path=/models/m" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m" } }],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "stray") continue;
      const { text, index } = reading.argument;
      yield {
        ...placeOf(context, index),
        message:
          text === "" ? "an empty argument is ignored" : `argument "${text}" is no flag and is ignored`,
      };
    }
  },
});
