import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

/** Ranks that the server's padding is written for. */
const largestRank = 6;

const flags = `${exampleFlags}\n--enable_batching=true\n--batching_parameters_file=batching.txt`;
const padding = "max_batch_size { value: 16 }\npad_variable_length_inputs: true\n";

export const rule = defineLintRule<StartContext>({
  id: "start/padding-possible",
  summary: "inputs that are to be padded have a known rank of at most six",
  severity: "error",
  effect: "request-fails",
  why: "Padding is written for tensors of rank 1 to 6. An input of more dimensions fails as soon as two requests differ; one of unknown rank lets two requests of different rank meet, and then the server reads beyond the first one's dimensions: anything may happen, a crash too.",
  mend: "Export the input with a known rank, or leave `pad_variable_length_inputs` off for this model.",
  evidence: ["tensorflow/serving batching/batching_util.cc (AddPadding, CalculateMaxDimSizes)"],
  logTexts: [
    "Got empty tensor in batch of non-empty tensors.",
    "Only tensors with rank from 1 to 6 can be padded.",
  ],
  examples: {
    bad: [
      {
        title: "an input of seven dimensions",
        files: {
          "<flags>": flags,
          "batching.txt": padding,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [-1, -1, 1, 1, 1, 1, 1] } }),
        },
      },
      {
        title: "an input of unknown rank",
        files: {
          "<flags>": flags,
          "batching.txt": padding,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [-1] } }).replaceAll(
            "tensor_shape { dim { size: -1 } }",
            "tensor_shape { unknown_rank: true }",
          ),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": flags,
          "batching.txt": padding,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [-1, -1] } }),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const { saved, batching, settings } of model.versions) {
        const graph = saved?.metaGraph(settings.tags);
        if (saved === undefined || graph === undefined) continue;
        if (batching?.padVariableLengthInputs?.value !== true) continue;
        const told = new Set<string>();
        for (const [name, { inputs }] of graph.signatures) {
          if (name.startsWith("__saved_model_")) continue;
          for (const [alias, info] of inputs) {
            const shape = info.kind === "tensor" ? info.shape : undefined;
            if (shape === undefined || told.has(alias)) continue;
            const tooMany = shape !== null && shape.length > largestRank && shape.slice(1).some((d) => d < 0);
            if (shape !== null && !tooMany) continue;
            told.add(alias);
            yield {
              file: context.files.display(saved.file),
              message:
                shape === null
                  ? `input "${alias}" of "${model.name}" has an unknown rank: padded requests of different rank may crash the server`
                  : `input "${alias}" of "${model.name}" has ${shape.length} dimensions, more than the server can pad`,
              ...(shape === null ? { severity: "warning" as const } : {}),
            };
          }
        }
      }
    }
  },
});
