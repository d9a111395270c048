import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/no-empty-requests",
  summary: "clients send no requests of 0 rows to a server that pads",
  severity: "info",
  effect: "fatal",
  why: "A request with 0 rows is accepted. If it is the last of a batch that must be padded to an allowed size, the server copies its first row, which it does not have, and aborts.",
  mend: "Refuse empty requests before they reach the server, or do without allowed_batch_sizes.",
  evidence: ["tensorflow/serving batching/batching_session.cc (read, not run)"],
  logTexts: ["Check failed: limit <= dim0_size (1 vs. 0)"],
  examples: {
    bad: [
      { files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [1, 8]\n" } },
    ],
    good: [{ files: { "batching_parameters.txt": "max_batch_size { value: 8 }\n" } }],
  },
  *check(context) {
    const [first] = context.view.allowedBatchSizes;
    if (context.role === "pool" || first === undefined) return;
    yield {
      ...placeIn(context, first.field),
      message: "batches are padded: a request of 0 rows can abort the server",
    };
  },
});
