import { defineLintRule } from "../../finding.ts";
import { restRequested } from "../../flags-context.ts";
import type { StartContext } from "../../start/start-context.ts";
import { elementsPerRow } from "../../start/tensor-size.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

/** A list of this many numbers takes about a megabyte as JSON. */
const many = 50_000;

export const rule = defineLintRule<StartContext>({
  id: "start/rest-carries-inputs",
  summary: "large numeric inputs are sent over gRPC",
  severity: "info",
  effect: "degrades",
  why: 'REST carries numbers as JSON text, some 20 characters each, and takes {"b64": …} for string inputs only: a picture sent so to a numeric input is refused.',
  mend: "Send tensor_content over gRPC, or export a signature that takes encoded bytes as a string.",
  evidence: ["tensorflow/serving util/json_tensor.cc", "tensorflow/serving#1570, #1991"],
  logTexts: ["JSON Value: … Type: Object is not of expected type: float", "Unable to base64 decode"],
  symptoms: [48, 53],
  examples: {
    bad: [
      {
        files: {
          "<flags>": exampleFlags,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { image: [-1, 224, 224, 3] } }),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--enable_profiler=false",
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { image: [-1, 224, 224, 3] } }),
        },
      },
    ],
  },
  *check(context) {
    if (!restRequested(context.flags)) return;
    for (const model of context.models) {
      for (const { saved, settings } of model.versions) {
        const graph = saved?.metaGraph(settings.tags);
        if (saved === undefined || graph === undefined) continue;
        for (const [name, signature] of graph.signatures) {
          if (name.startsWith("__saved_model_")) continue;
          for (const [alias, info] of signature.inputs) {
            const elements = elementsPerRow(info);
            if (info.dtype === "DT_STRING" || elements < many) continue;
            yield {
              file: context.files.display(saved.file),
              message: `a row of input "${alias}" of signature "${name}" is ${elements} numbers: about ${((elements * 20) / 1e6).toFixed(1)} MB as JSON, and {"b64": …} is not taken`,
            };
          }
        }
      }
    }
  },
});
