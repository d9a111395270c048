import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/sizes-in-range",
  summary: "thread counts and allowed sizes fit 32 bits",
  severity: "error",
  effect: "silent",
  why: "The server cuts these numbers to 32 bits without a check.",
  mend: "Give a number up to 2147483647.",
  evidence: ["tensorflow/serving servables/tensorflow/bundle_factory_util.cc"],
  examples: {
    bad: [{ files: { "batching_parameters.txt": "num_batch_threads { value: 4294967298 }\n" } }],
    good: [{ files: { "batching_parameters.txt": "num_batch_threads { value: 2 }\n" } }],
  },
  *check(context) {
    const { view } = context;
    const threads = context.role === "sizes" ? undefined : view.numBatchThreads;
    const sizes = context.role === "pool" ? [] : view.allowedBatchSizes;
    for (const [name, field] of [
      ["num_batch_threads", threads] as const,
      ...sizes.map((size) => ["allowed_batch_sizes", size] as const),
    ]) {
      if (field === undefined || BigInt.asIntN(32, field.value) === field.value) continue;
      yield {
        ...placeIn(context, field.span),
        message: `${name} ${field.value} is cut to ${BigInt.asIntN(32, field.value)}`,
      };
    }
  },
});
