import { type MetaGraph, ModelReadError } from "@servable/model-layout";
import { defineLintRule } from "../../finding.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

/** `op: "BatchFunction"` as it is serialized in a NodeDef. */
const marker = [0x12, 13, ...[..."BatchFunction"].map((letter) => letter.charCodeAt(0))];

const batchingModel = exampleModel().replace(
  "    versions",
  '    node { name: "batch" op: "BatchFunction" input: "x" attr { key: "f" value { func { name: "body" } } } attr { key: "num_batch_threads" value { i: 4 } } attr { key: "max_batch_size" value { i: 32 } } attr { key: "batch_timeout_micros" value { i: 1000 } } attr { key: "Tin" value { list { type: DT_FLOAT } } } attr { key: "Tcaptured" value { list {} } } attr { key: "Tout" value { list { type: DT_FLOAT } } } }\n    library { function { signature { name: "body" input_arg { name: "a" type: DT_FLOAT } output_arg { name: "b" type: DT_FLOAT } } ret { key: "b" value: "a" } } }\n    versions',
);

export const rule = defineLintRule<StartContext>({
  id: "start/batched-once",
  summary: "a model that batches in its graph is not batched by the server too",
  severity: "warning",
  effect: "degrades",
  why: "A graph with the op BatchFunction (tf.nondifferentiable_batch_function, @tf.function with batching) batches by itself, without any flag. With `--enable_batching` its requests wait in two queues, one behind the other, each with its own timeout.",
  mend: "Leave `--enable_batching` off, or turn it off for this model by per-model mode.",
  evidence: ["tensorflow/tensorflow core/kernels/batch_kernels.cc", "tensorflow/serving batching/README.md"],
  examples: {
    bad: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--enable_batching=true`,
          "/models/m/1/saved_model.pbtxt": batchingModel,
        },
      },
    ],
    good: [{ files: { "<flags>": exampleFlags, "/models/m/1/saved_model.pbtxt": batchingModel } }],
  },
  *check(context) {
    for (const model of context.models) {
      for (const { saved, batching, settings, directory } of model.versions) {
        const graph = saved?.metaGraph(settings.tags);
        if (saved === undefined || batching === undefined || graph === undefined) continue;
        if (!batchesItself(graph)) continue;
        yield {
          file: context.files.display(saved.file),
          message: `version ${directory.version} of "${model.name}" batches in its graph (BatchFunction) and is batched by the server too`,
        };
      }
    }
  },
});

function batchesItself(graph: MetaGraph): boolean {
  let bytes: Uint8Array;
  try {
    bytes = graph.graphDef();
  } catch (error) {
    if (error instanceof ModelReadError) return false;
    throw error;
  }
  // The letter B is rarer than the tag in front of it.
  for (let at = bytes.indexOf(0x42); at !== -1; at = bytes.indexOf(0x42, at + 1)) {
    if (at >= 2 && marker.every((byte, index) => bytes[at - 2 + index] === byte)) return true;
  }
  return false;
}
