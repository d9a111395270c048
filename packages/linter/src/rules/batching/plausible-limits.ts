import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { effectiveMaxBatchSize, splits } from "../../views/batching-view.ts";

/** The example of the official guide reaches this many waiting rows; beyond it a limit limits nothing. */
const plausibleRows = 1_000_000_000n;

export const rule = defineLintRule<BatchingContext>({
  id: "batching/plausible-limits",
  summary: "batch size and queue limit something",
  severity: "warning",
  effect: "degrades",
  why: "max_enqueued_batches counts batches, not requests: the queue of each signature may hold max_enqueued_batches × max_batch_size rows, and every waiting row costs memory and delay.",
  mend: "Choose the queue from the delay that is bearable: about delay ÷ time of one batch, times num_batch_threads.",
  evidence: ["tensorflow/serving#1312, #1400, #1168, #344", "tensorflow/serving batching/README.md"],
  symptoms: [66],
  examples: {
    bad: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 20000001 }\nmax_enqueued_batches { value: 100000000 }\n",
        },
      },
    ],
    good: [
      {
        files: {
          "batching_parameters.txt":
            "max_batch_size { value: 128 }\nmax_enqueued_batches { value: 1000000 }\n",
        },
      },
    ],
  },
  *check(context) {
    const { view } = context;
    if (context.role === "pool" || splits(view)) return;
    const max = view.maxBatchSize?.value ?? 1000n;
    const queue = view.maxEnqueuedBatches;
    if (max < 0n) return;
    if (
      queue !== undefined &&
      queue.value > 0n &&
      queue.value * effectiveMaxBatchSize(view) > plausibleRows
    ) {
      yield {
        ...placeIn(context, queue.span),
        message: `up to ${queue.value} × ${max} = ${(queue.value * max).toLocaleString("en")} rows may wait for each signature`,
      };
    } else if (max > 1_000_000n && view.maxBatchSize !== undefined) {
      yield {
        ...placeIn(context, view.maxBatchSize.span),
        message: `one request may have ${max.toLocaleString("en")} rows`,
      };
    }
  },
});
