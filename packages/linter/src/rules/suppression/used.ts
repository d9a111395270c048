import { defineLintRule } from "../../finding.ts";
import type { SuppressionContext } from "../../views/suppression-view.ts";

export const rule = defineLintRule<SuppressionContext>({
  id: "suppression/used",
  summary: "a suppression comment suppresses something",
  severity: "warning",
  effect: "silent",
  why: "A comment that covers nothing would hide a mistake that comes later; a misspelt rule covers nothing either.",
  mend: "Remove the comment, or correct the rule's name.",
  evidence: ["a convention of this tool"],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "# servable-disable-next-line batching/threads-positive -- test machine\nnum_batch_threads { value: 4 }\n",
        },
      },
    ],
    good: [{ files: { "batching_parameters.txt": "num_batch_threads { value: 4 }\n" } }],
  },
  *check(context) {
    for (const { span, rule } of context.unused) {
      yield { file: context.file, span, message: `rule ${rule} reports nothing on the next line` };
    }
  },
});
