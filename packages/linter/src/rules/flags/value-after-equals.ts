import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, rewriteArgument } from "../../flags-context.ts";
import { portNotOpened } from "./meant-ports.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/value-after-equals",
  summary: "a flag and its value are one argument, joined by an equals sign",
  severity: "error",
  effect: "silent",
  why: "The server reads only `--name=value`. A value in the next argument is not looked at: the flag keeps its default, and a bool flag is switched on whatever follows.",
  mend: "Write `--name=value` without blanks.",
  evidence: [
    "TensorFlow util/command_line_flags.cc (ParseInt32Flag, ParseStringFlag, ParseBoolFlag)",
    "recorded starts bool-blank and of values in the next argument",
  ],
  logTexts: ["unknown argument: --port"],
  fixable: true,
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--rest_api_port\n8501" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--enable_model_warmup\nfalse" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--enable_batching =true" } },
    ],
    good: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--rest_api_port=8501\n--enable_model_warmup=false",
        },
      },
    ],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "no-equals" && reading.kind !== "blank-in-name") continue;
      const { argument, flag, value } = reading;
      const place = placeOf(context, argument.index);
      if (reading.kind === "blank-in-name") {
        const meant = `--${flag.name}${argument.text.includes("=") ? `=${value ?? ""}` : ""}`;
        yield {
          ...place,
          message: `"${argument.text}" has a blank in the flag's name, so it is ignored; write ${meant}`,
          ...rewriteArgument(context, argument.index, meant, `Write ${meant}`),
          ...portNotOpened(context, flag, value),
        };
      } else if (flag.type === "bool" && value !== undefined) {
        yield {
          ...place,
          message: `--${flag.name} ${value} switches the flag on: the value "${value}" is a separate argument, which is ignored; write --${flag.name}=${value}`,
        };
      } else {
        yield {
          ...place,
          message:
            value === undefined
              ? `--${flag.name} has no value; write --${flag.name}=<${flag.type}>`
              : `the value of --${flag.name} must follow an equals sign: write --${flag.name}=${value}`,
          ...portNotOpened(context, flag, value),
        };
      }
    }
  },
});
