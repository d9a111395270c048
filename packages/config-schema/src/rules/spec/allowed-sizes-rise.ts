import { defineRule } from "@servable/diagnostics";
import { batchingSections, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/allowed-sizes-rise",
  summary: "allowed batch sizes rise",
  severity: "warning",
  effect: "silent",
  why: "the server takes the first entry that is large enough and does not check the order, so that batches are padded further than needed",
  mend: "sort the list and drop repeats",
  evidence: ["tensorflow_serving/batching/batching_util.cc:211-228", "recorded start on 2.17.1"],
  symptoms: [20],
  fixable: true,
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { allowedBatchSizes: [16, 4, 32] }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - name: m
    path: ./m
batching: { allowedBatchSizes: [4, 16, 32] }
`,
        },
      },
    ],
  },
  *check(context) {
    for (const { path, resolved } of batchingSections(context)) {
      const sizes = resolved.allowedBatchSizes ?? [];
      for (const [index, size] of sizes.entries()) {
        const before = sizes[index - 1];
        if (before === undefined || before < size) continue;
        yield context.finding(
          [...path, "allowedBatchSizes", index],
          `allowedBatchSizes has ${size} after ${before}`,
          `the server takes the first entry that is large enough, so that the ${size === before ? "repeat" : "smaller size"} is never used; write them in rising order`,
          {
            fix: context.replaceValue(
              [...path, "allowedBatchSizes"],
              "write them in rising order",
              [...new Set(sizes)].sort((a, b) => a - b),
            ),
          },
        );
        break;
      }
    }
  },
});
