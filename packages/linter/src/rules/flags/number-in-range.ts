import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/number-in-range",
  summary: "whole numbers fit the flag's type",
  severity: "warning",
  effect: "silent",
  why: "The server does not check the range: it keeps the low bits, so 4294967304 becomes 8 and 2147483648 becomes negative.",
  mend: "Give a number within the type.",
  evidence: [
    "TensorFlow util/command_line_flags.cc (sscanf %d)",
    "recorded starts int-over-int32-wraps-to-8, x15-huge",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_num_threads=4294967304" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--rest_api_num_threads=8" } }],
  },
  *check(context) {
    for (const setting of context.flags.settings) {
      if (setting.text === undefined || (setting.flag.type !== "int32" && setting.flag.type !== "int64"))
        continue;
      // The parser has accepted the text: a decimal number with an optional sign.
      const meant = BigInt(setting.text.trim().replace(/^\+/, ""));
      if (meant === BigInt(setting.value)) continue;
      yield {
        ...placeOf(context, setting),
        message: `--${setting.name}=${setting.text.trim()} is beyond ${setting.flag.type}: the server takes it for ${setting.value}`,
      };
    }
  },
});
