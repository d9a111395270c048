import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, rewriteArgument } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/plain-text-values",
  summary: "texts hold no quotes, no shell variables and no second flag",
  severity: "error",
  effect: "silent",
  why: "Quotes that reach the server (from a YAML list or an escaped shell word) stay part of the value, variables are not expanded by it, and a flag glued to a value is part of that value.",
  mend: "Remove the inner quotes, let the shell expand the variable, put a blank between flags.",
  evidence: [
    "TensorFlow util/command_line_flags.cc (ParseStringFlag)",
    "recorded starts str-quoted-path, str-env-literal, fv-tags-with-quotes",
  ],
  symptoms: [40],
  fixable: true,
  examples: {
    bad: [
      { files: { "<flags>": '--model_base_path=/models/m\n--model_name="resnet"' } },
      { files: { "<flags>": "--model_base_path=/models/m\n--model_name=$MODEL_NAME" } },
      { files: { "<flags>": "--model_base_path=/models/m--port=8500" } },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--model_name=resnet" } }],
  },
  *check(context) {
    for (const setting of context.flags.settings) {
      const { text } = setting;
      if (setting.flag.type !== "string" || text === undefined || text === "") continue;
      // What the image makes of its environment is told where that is written.
      if (setting.index < context.firstUserArgument) continue;
      const place = placeOf(context, setting);
      const quoted = /^(["'])(.*)\1$/s.exec(text);
      const glued = /--([a-z_]+)=/.exec(text);
      const variable = /\$(\w+|\{\w+\}|\(\w+\))/.exec(text)?.[0];
      if (quoted !== null) {
        const meant = `--${setting.name}=${quoted[2]}`;
        yield {
          ...place,
          message: `the quotes in --${setting.name}=${text} are part of the value; write ${meant}`,
          ...rewriteArgument(context, setting.index, meant, "Remove the quotes"),
        };
      } else if (glued !== null) {
        yield {
          ...place,
          message: `--${glued[1]} is part of the value of --${setting.name}: a blank is missing before it`,
        };
      } else if (variable !== undefined) {
        yield {
          ...place,
          severity: "warning",
          message: `--${setting.name}=${text} reaches the server with ${variable} unexpanded, if nothing expands it before`,
        };
      }
    }
  },
});
