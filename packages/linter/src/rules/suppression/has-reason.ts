import { defineLintRule } from "../../finding.ts";
import type { SuppressionContext } from "../../views/suppression-view.ts";

export const rule = defineLintRule<SuppressionContext>({
  id: "suppression/has-reason",
  summary: "a suppression comment names rules and gives a reason",
  severity: "warning",
  effect: "silent",
  why: "A suppression without a rule or a reason is not obeyed: nobody could tell later whether it still holds.",
  mend: "Write `# servable-disable-next-line <rule> -- reason`.",
  evidence: ["a convention of this tool"],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\n# servable-disable-next-line batching/smallest-size-one\nallowed_batch_sizes: 8\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 }\n# servable-disable-next-line batching/smallest-size-one -- clients always send 8 rows\nallowed_batch_sizes: 8\n",
        },
      },
    ],
  },
  *check(context) {
    for (const { span, rules, reason } of context.suppressions) {
      if (rules.length > 0 && reason !== "") continue;
      yield {
        file: context.file,
        span,
        message: rules.length === 0 ? "a suppression names no rule" : "a suppression gives no reason",
      };
    }
  },
});
