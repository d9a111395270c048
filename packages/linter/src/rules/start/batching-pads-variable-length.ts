import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/batching-pads-variable-length",
  summary: "inputs of variable length are padded, or clients make them equal",
  severity: "warning",
  effect: "request-fails",
  why: "Requests of one batch must agree in every dimension but the first; if they differ and padding is off, all requests of the batch fail, and only once two of them meet.",
  mend: "Set `pad_variable_length_inputs: true` where padding with the first element is harmless, or pad in the client.",
  evidence: ["tensorflow/serving batching/batching_session.cc", "tensorflow/serving#1934"],
  logTexts: [
    "Tensors with name '…' from different tasks have different shapes and padding is turned off.",
    "Failed to process element: … of 'instances' list. Error: Invalid argument: Expecting tensor size: … but got: …",
  ],
  symptoms: [50, 61],
  examples: {
    bad: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--enable_batching=true`,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [-1, -1] } }),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--enable_batching=true\n--batching_parameters_file=batching.txt`,
          "batching.txt": "max_batch_size { value: 16 }\npad_variable_length_inputs: true\n",
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [-1, -1] } }),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const { batching, saved, settings } of model.versions) {
        const graph = saved?.metaGraph(settings.tags);
        if (batching === undefined || saved === undefined || graph === undefined) continue;
        if (batching.padVariableLengthInputs?.value === true) continue;
        const variable = new Set<string>();
        for (const [name, signature] of graph.signatures) {
          if (name.startsWith("__saved_model_")) continue;
          for (const [alias, info] of signature.inputs) {
            const shape = info.kind === "tensor" ? info.shape : undefined;
            if (shape?.slice(1).some((size) => size < 0) === true) variable.add(alias);
          }
        }
        if (variable.size === 0) continue;
        yield {
          file: context.files.display(saved.file),
          message: `input ${[...variable].map((alias) => `"${alias}"`).join(", ")} of "${model.name}" may vary in length, and padding is off: requests that differ fail together`,
        };
      }
    }
  },
});
