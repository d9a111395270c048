import { shapesOf } from "../../graph/shapes/graph-shapes.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/recorded-shapes-hold",
  level: "graph",
  summary: "constants, variables, ops and functions give the shapes that the exporter recorded for them",
  severity: "error",
  effect: "request-fails",
  why: "The importer of tf.saved_model.load and of the C API works out each node's output shapes and refuses a graph where they contradict those that the exporter noted in `_output_shapes`. A model server does not compare them: it answers with another shape than was exported, or fails.",
  mend: "Export the model again; edited graphs must change both.",
  evidence: [
    "tensorflow/core/common_runtime/graph_constructor.cc ValidateShape",
    "TensorFlow 2.17.1: LoadSavedModel of such graphs succeeds, ImportGraphDef refuses them",
  ],
  logTexts: ["Node '…' has an _output_shapes attribute inconsistent with the GraphDef for output #…: …"],
  examples: {
    bad: [
      folder("another shape", {
        "m/1/saved_model.pb": "variable w of shape [3,2], _output_shapes of its read [2,2]",
      }),
    ],
    good: [
      folder("one shape", {
        "m/1/saved_model.pb": "variable w of shape [2,2], _output_shapes of its read [2,2]",
      }),
    ],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    let told = 0;
    for (const { node, fn, kind, message } of shapesOf(graph).problems) {
      if (kind !== "noted") continue;
      if (told++ >= 10) return;
      yield {
        file,
        // What was noted inside of functions is compared by nobody.
        ...(fn === undefined ? {} : { severity: "warning" as const }),
        message: `node ${quoted(node.name)} (${node.op})${fn === undefined ? "" : ` of function ${quoted(fn.name)}`} ${message}`,
        help:
          fn === undefined
            ? "The server loads the model, and answers may have another shape than was exported; tf.saved_model.load refuses the graph. Export the model again."
            : "Answers are wrong or have another shape than was exported, or requests fail. Export the model again.",
      };
    }
  },
});
