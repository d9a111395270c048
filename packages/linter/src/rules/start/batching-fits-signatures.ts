import type { Signature, TensorInfo } from "@servable/model-layout";
import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/batching-fits-signatures",
  summary: "batched models have a free first dimension in every input and output",
  severity: "error",
  effect: "request-fails",
  why: "Batching joins requests along the first dimension and cuts the outputs along it again: a scalar input or output, or a first dimension of fixed size, makes requests fail, or fail as soon as two of them meet.",
  mend: "Export the model with `[None, …]`, leave such outputs out of the signature, or leave batching off for it (per-model mode).",
  evidence: [
    "tensorflow/serving batching/batching_util.h, batching_session.cc",
    "tensorflow/serving#494, #1682, #276, #2043",
    "recorded starts x33-unequal, x35-scalar-out, x35-sum",
  ],
  logTexts: [
    "Batching Run() must have at least one input tensor",
    "Batching Run() input tensors must have at least one dimension",
    "Batching session Run() input tensors must have at least one dimension",
    "Batching Run() input tensors must have equal 0th-dimension size",
    "Batching session Run() input tensors must have equal 0th-dimension size",
    "Batched output tensor has 0 dimensions",
    "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
  ],
  symptoms: [58, 59, 60],
  examples: {
    bad: [
      {
        title: "a scalar input",
        files: {
          "<flags>": `${exampleFlags}\n--enable_batching=true`,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [-1], keep_prob: [] } }),
        },
      },
      {
        title: "a first dimension of fixed size",
        files: {
          "<flags>": `${exampleFlags}\n--enable_batching=true`,
          "/models/m/1/saved_model.pbtxt": exampleModel({ inputs: { x: [4, 3] }, outputs: { y: [4, 3] } }),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--enable_batching=true`,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const version of model.versions) {
        const { saved, batching } = version;
        const graph = saved?.metaGraph(version.settings.tags);
        if (saved === undefined || batching === undefined || graph === undefined) continue;
        const reported = new Set<string>();
        for (const [name, signature] of graph.signatures) {
          if (name.startsWith("__saved_model_")) continue;
          for (const problem of problems(signature)) {
            if (reported.has(problem.text)) continue;
            reported.add(problem.text);
            yield {
              file: context.files.display(saved.file),
              severity: problem.severity,
              message: `signature "${name}" of "${model.name}" ${problem.severity === "error" ? "cannot be batched" : "is batched"}: ${problem.text}`,
            };
          }
        }
      }
    }
  },
});

function* problems(signature: Signature): Generator<{ text: string; severity: "error" | "info" }> {
  let bad = false;
  if (signature.inputs.size === 0) {
    bad = true;
    yield { text: "it has no inputs", severity: "error" };
  }
  for (const [side, tensors] of [
    ["input", signature.inputs],
    ["output", signature.outputs],
  ] as const) {
    for (const [alias, info] of tensors) {
      const first = shapeOf(info)?.[0];
      if (shapeOf(info) === null || (first !== undefined && first < 0)) continue;
      bad = true;
      yield {
        text:
          first === undefined
            ? `${side} "${alias}" is a scalar`
            : `${side} "${alias}" has a first dimension of ${first}`,
        severity: "error",
      };
    }
  }
  if (!bad && signature.inputs.size > 1) {
    const names = [...signature.inputs.keys()].map((alias) => `"${alias}"`).join(", ");
    yield {
      text: `requests whose inputs ${names} differ in their number of rows are refused`,
      severity: "info",
    };
  }
}

const shapeOf = (info: TensorInfo): readonly number[] | null => (info.kind === "tensor" ? info.shape : null);
