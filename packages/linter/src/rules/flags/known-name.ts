import { findFlag } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, rewriteArgument } from "../../flags-context.ts";
import { portNotOpened } from "./meant-ports.ts";
import { misreadings } from "./unknown-arguments.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/known-name",
  summary: "every flag is one that tensorflow_model_server knows",
  severity: "error",
  effect: "silent",
  why: "The server prints `unknown argument` for the first such argument only, buries it under its usage text and starts with the default instead.",
  mend: "Correct the name, or drop the flag.",
  evidence: [
    "tensorflow/serving tensorflow_serving/model_servers/main.cc: unknown arguments are named and ignored",
    "recorded starts flag-misspelt, flag-two-unknown, flag-unreachable-option",
  ],
  logTexts: ["unknown argument: …"],
  symptoms: [25],
  examples: {
    bad: [
      { files: { "<flags>": "--model_base_path=/models/m\n--enable_bacthing=true" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--fail_if_no_model_versions_found=true" } },
      { files: { "<flags>": "--model_base_path=/models/m\n--noenable_batching" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--enable_batching=true" } }],
  },
  *check(context) {
    for (const reading of misreadings(context)) {
      if (reading.kind !== "unknown-name") continue;
      const { argument, name, suggestion, reason } = reading;
      const place = placeOf(context, argument.index);
      const text = `tensorflow_model_server ${context.flags.version} has no flag --${name}`;
      if (reason !== undefined) {
        yield {
          ...place,
          message: `${text}: ${reason}`,
          help: "The server names only the first such argument and starts without it. Drop it.",
        };
      } else if (suggestion === undefined) {
        yield { ...place, message: text };
      } else {
        const full = suggestion.includes("=")
          ? `--${suggestion}`
          : `--${suggestion}${argument.text.includes("=") ? argument.text.slice(argument.text.indexOf("=")) : ""}`;
        const fix = rewriteArgument(context, argument.index, full, `Write ${full}`).fix;
        yield {
          ...place,
          message: `${text}; did you mean --${suggestion}?`,
          ...meantPort(context, suggestion, argument.text),
          ...(fix === undefined ? {} : { fix: { ...fix, safety: "unsafe" as const } }),
        };
      }
    }
  },
});

/** A misspelt `--prot=9000` opens no port 9000. */
function meantPort(
  context: FlagsContext,
  suggestion: string,
  text: string,
): ReturnType<typeof portNotOpened> {
  const flag = findFlag(suggestion);
  const equals = text.indexOf("=");
  return flag === undefined || equals === -1 ? {} : portNotOpened(context, flag, text.slice(equals + 1));
}
