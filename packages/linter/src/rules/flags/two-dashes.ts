import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, rewriteArgument } from "../../flags-context.ts";
import { portNotOpened } from "./meant-ports.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/two-dashes",
  summary: "a flag begins with exactly two dashes",
  severity: "error",
  effect: "silent",
  why: "With one dash (or three) the argument is unknown to the server, which starts with the default.",
  mend: "Write two dashes.",
  evidence: ["TensorFlow util/command_line_flags.cc: only the prefix `--` is consumed"],
  logTexts: ["unknown argument: -port=8500"],
  fixable: true,
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n-port=8500" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8500" } }],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "one-dash") continue;
      const meant = `--${reading.flag.name}${reading.rest}`;
      yield {
        ...placeOf(context, reading.argument.index),
        message: `"${reading.argument.text}" does not begin with two dashes, so it is ignored; write ${meant}`,
        ...rewriteArgument(context, reading.argument.index, meant, `Write ${meant}`),
        ...portNotOpened(context, reading.flag, reading.rest === "" ? undefined : reading.rest.slice(1)),
      };
    }
  },
});
