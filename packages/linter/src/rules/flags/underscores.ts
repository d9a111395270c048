import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, rewriteArgument } from "../../flags-context.ts";
import { portNotOpened } from "./meant-ports.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/underscores",
  summary: "flag names are written with underscores",
  severity: "error",
  effect: "silent",
  why: "With dashes inside the name the argument is unknown to the server, which starts without it: with --ssl-config-file that means plaintext.",
  mend: "Write underscores.",
  evidence: [
    "TensorFlow util/command_line_flags.cc: names are compared letter by letter",
    "tensorflow/serving#193",
  ],
  logTexts: ["unknown argument: --ssl-config-file=…"],
  symptoms: [25],
  fixable: true,
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest-api-port=8501" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501" } }],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "dashes") continue;
      const meant = `--${reading.flag.name}${reading.rest}`;
      yield {
        ...placeOf(context, reading.argument.index),
        message: `"${reading.argument.text}" is ignored: flag names have underscores; write ${meant}`,
        ...rewriteArgument(context, reading.argument.index, meant, `Write ${meant}`),
        ...portNotOpened(context, reading.flag, reading.rest === "" ? undefined : reading.rest.slice(1)),
      };
    }
  },
});
