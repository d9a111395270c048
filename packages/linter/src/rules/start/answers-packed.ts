import { defineLintRule } from "../../finding.ts";
import { placeOfFlag, restRequested } from "../../flags-context.ts";
import type { StartContext } from "../../start/start-context.ts";
import { elementsPerRow } from "../../start/tensor-size.ts";
import { exampleModel } from "../example-model.ts";

/** Numbers in one row from which on a client spends longer on reading them one by one than most models compute. */
const many = 10_000;
const flags = "--model_base_path=/models/m\n--enable_profiler=false";

export const rule = defineLintRule<StartContext>({
  id: "start/answers-packed",
  summary: "large answers come as packed bytes",
  severity: "info",
  effect: "degrades",
  since: "2.19.0",
  why: "The server answers with repeated fields (`float_val`), which clients decode number by number: a large answer takes longer to read than to compute.",
  mend: "Give `--enable_serialization_as_tensor_content=true` and read `tensor_content` (not together with REST predict).",
  evidence: ["tensorflow/serving model_servers/main.cc", "tensorflow/serving#1725, #1276, #414"],
  symptoms: [54],
  examples: {
    bad: [
      {
        files: {
          "<flags>": flags,
          "/models/m/1/saved_model.pbtxt": exampleModel({ outputs: { mask: [-1, 256, 256] } }),
        },
        tfsVersion: "2.19.0",
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${flags}\n--enable_serialization_as_tensor_content=true`,
          "/models/m/1/saved_model.pbtxt": exampleModel({ outputs: { mask: [-1, 256, 256] } }),
        },
        tfsVersion: "2.19.0",
      },
    ],
  },
  *check(context) {
    if (context.flags.bool("enable_serialization_as_tensor_content") || restRequested(context.flags)) return;
    for (const model of context.models) {
      for (const { saved, settings } of model.versions) {
        const graph = saved?.metaGraph(settings.tags);
        for (const [name, signature] of graph?.signatures ?? []) {
          if (name.startsWith("__saved_model_")) continue;
          const numbers = [...signature.outputs.values()]
            .filter(({ dtype }) => dtype !== "DT_STRING")
            .reduce((sum, info) => sum + elementsPerRow(info), 0);
          if (numbers < many) continue;
          yield {
            ...placeOfFlag(context, "enable_serialization_as_tensor_content"),
            message: `a row of the answer of signature "${name}" of "${model.name}" is ${numbers.toLocaleString("en")} numbers, which clients read one by one`,
          };
        }
      }
    }
  },
});
