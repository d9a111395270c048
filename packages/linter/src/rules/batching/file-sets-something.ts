import { defineLintRule } from "../../finding.ts";
import type { BatchingContext } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/file-sets-something",
  summary: "a batching file sets something",
  severity: "warning",
  effect: "silent",
  why: "A file of blanks and comments is accepted: all defaults hold (at most 1000 rows, no waiting, 10 batches queued, one thread per CPU).",
  mend: "Set what is meant, or drop the file.",
  evidence: ["tensorflow/serving util/proto_util.h", "recorded starts bat-comment, bat-blank"],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "# defaults please\n" } }],
    good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 32 }\n" } }],
  },
  *check(context) {
    if (!context.view.empty || !context.accepted || context.kind === "platform-config") return;
    yield { file: context.file, message: "the batching file sets nothing" };
  },
});
