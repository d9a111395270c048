import { shapesOf } from "../../graph/shapes/graph-shapes.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { failingNodes } from "./failing-nodes.ts";

export const rule = versionRule({
  id: "graph/shapes-fit",
  level: "graph",
  summary: "every op can take tensors of the shapes that its inputs have",
  severity: "error",
  effect: "request-fails",
  why: "Each op wants its inputs to fit: matrices that can be multiplied, channels that a filter takes, sizes that fill a new shape. Where what the graph says about shapes rules that out, the importer of tf.saved_model.load and of the C API refuses the graph. A model server does not look at shapes when it loads, and fails when a request comes to the op.",
  mend: "Export the model again; in edited or merged graphs, mend the constant, variable or input that the message names.",
  evidence: [
    "tensorflow/core/common_runtime/shape_refiner.cc, graph_constructor.cc ValidateShape, framework/common_shape_fns.cc",
    "TensorFlow 2.17.1: LoadSavedModel of such graphs succeeds, requests and ImportGraphDef fail",
  ],
  logTexts: [
    "Dimensions must be equal, but are … and … for '…' with input shapes: ….",
    "Shape must be rank … but is rank … for '…' with input shapes: ….",
    "Matrix size-incompatible: In[0]: …, In[1]: …",
    "Cannot reshape a tensor with … elements to shape … (… elements) for '…'",
    "Input to reshape is a tensor with … values, but the requested shape has …",
    "Depth of input (…) is not a multiple of input depth of filter (…) for '…'",
    "Trying to read variable with wrong dtype. Expected … got … for '…' with input shapes: ….",
  ],
  examples: {
    bad: [folder("three columns, four rows", { "m/1/saved_model.pb": "MatMul of x [?,3] and w [4,2]" })],
    good: [folder("three and three", { "m/1/saved_model.pb": "MatMul of x [?,3] and w [3,2]" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const refused = shapesOf(graph).problems.filter(({ kind }) => kind === "refused");
    if (refused.length === 0) return;
    const failing = failingNodes(context, graph);
    const judged = refused.map((problem) => ({ ...problem, effect: failing.get(problem.node) }));
    judged.sort((a, b) => Number(b.effect !== undefined) - Number(a.effect !== undefined));
    for (const { node, fn, message, effect } of judged.slice(0, 10)) {
      yield {
        file,
        ...(effect === undefined ? { severity: "warning" as const } : { effect }),
        message: `node ${quoted(node.name)} (${node.op})${fn === undefined ? "" : ` of function ${quoted(fn.name)}`} ${message}`,
        help:
          effect === "load-fails"
            ? "The load comes to it when it initialises or restores, and fails. Export the model again."
            : effect !== undefined
              ? "A server loads the model, but each request that comes to it fails; tf.saved_model.load refuses the graph. Export the model again."
              : "The server does not come to it, or with other shapes by what the signatures declare and what is stored; but tf.saved_model.load refuses the graph. Export the model again.",
      };
    }
  },
});
