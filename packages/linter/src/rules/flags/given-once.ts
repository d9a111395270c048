import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, shown } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/given-once",
  summary: "a flag is given once",
  severity: "warning",
  effect: "silent",
  why: "Of repeated flags the last one wins, without a message.",
  mend: "Keep the one that is meant.",
  evidence: [
    "TensorFlow util/command_line_flags.cc: flags are applied in argument order",
    "recorded start flag-repeat-last-wins",
  ],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=8500\n--port=9000" } }],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--port=9000" } }],
  },
  *check(context) {
    for (const setting of context.flags.settings) {
      const winner = context.flags.given(setting.name);
      if (winner === undefined || winner.index === setting.index || setting.index < context.firstUserArgument)
        continue;
      yield {
        ...placeOf(context, setting),
        message:
          winner.value === setting.value
            ? `${shown(setting)} is given twice`
            : `${shown(setting)} has no effect: the later ${shown(winner)} wins`,
        ...(winner.value === setting.value ? { severity: "info" as const } : {}),
      };
    }
  },
});
