import { boolSyntax } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, rewriteArgument, shown } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/plain-bool",
  summary: "bool flags are written true or false, in lower case",
  severity: "info",
  effect: "silent",
  why: "Other forms depend on the version: `1`/`0` are errors before 2.14, `True`/`FALSE` before 2.11, and an error ends the start with 255.",
  mend: "Write `true` or `false`.",
  evidence: [
    "TensorFlow util/command_line_flags.cc (ParseBoolFlag), three generations",
    "recorded starts bool-1, bool-UPPER",
  ],
  fixable: true,
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--enable_batching=True" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--enable_batching=true" } }],
  },
  *check(context) {
    if (!boolSyntax(context.flags.version).anyCase) return;
    for (const setting of context.flags.settings) {
      if (setting.flag.type !== "bool" || setting.text === undefined) continue;
      if (setting.text === "true" || setting.text === "false") continue;
      const meant = `--${setting.name}=${setting.value}`;
      yield {
        ...placeOf(context, setting),
        message: `${shown(setting)} is read as ${setting.value} by this version only; ${meant} means the same to all`,
        ...rewriteArgument(context, setting.index, meant, `Write ${meant}`),
      };
    }
  },
});
