import { defineLintRule } from "../../finding.ts";
import type { SuppressionContext } from "../../views/suppression-view.ts";

export const rule = defineLintRule<SuppressionContext>({
  id: "suppression/known-form",
  summary: "a suppression is written in the one form that there is",
  severity: "warning",
  effect: "silent",
  why: "Only a comment on the line before is looked at: what is written on the same line, or for a whole file, covers nothing.",
  mend: "Write `# servable-disable-next-line <rule> -- reason` on the line before.",
  evidence: ["a convention of this tool"],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 8 } # servable-disable-line batching/plausible-limits -- on purpose\n",
        },
      },
    ],
    good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 8 } # eight\n" } }],
  },
  *check(context) {
    for (const { span, text } of context.misspelt) {
      yield {
        file: context.file,
        span,
        message: `"${text.replace(/^#\s*/, "")}" is no suppression; the only one is servable-disable-next-line`,
      };
    }
  },
});
