import { nearest } from "@servable/diagnostics";
import { splitTensorName } from "../../graph/graph-def.ts";
import { outputCount } from "../../graph/output-count.ts";
import { pathType } from "../../graph/path-type.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "assets/tensors-exist",
  level: "graph",
  summary: "the tensors that take the assets' paths are in the graph",
  severity: "error",
  effect: "load-fails",
  why: "The loader feeds every asset's path to its tensor, also when nothing needs it; a name that the graph lacks fails the load.",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1's loader with such an asset"],
  logTexts: ["Tensor …, specified in either feed_devices or fetch_devices was not found in the Graph"],
  examples: {
    bad: [folder("no such tensor", { "m/1/saved_model.pb": "asset vocab.txt for tensor nope:0" })],
    good: [folder("a tensor", { "m/1/saved_model.pb": "asset vocab.txt for tensor vocab_file:0" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (
      context.servesTflite ||
      graph === undefined ||
      graph.nodes.size === 0 ||
      meta === undefined ||
      !context.savedModel.ok
    )
      return;
    // Without anything to run the loader feeds nothing.
    if (meta.initOp === undefined && !context.has("variables/variables.index")) return;
    for (const { filename, tensor } of meta.assets) {
      const split = splitTensorName(tensor);
      const node = split === undefined ? undefined : graph.nodes.get(split.node);
      if (split !== undefined && node !== undefined) {
        const outputs = outputCount(node, graph);
        if (outputs === undefined || split.index < outputs) {
          const type = pathType(tensor, graph);
          if (type === undefined) continue;
          yield {
            file: context.savedModel.value.file,
            message: `asset ${quoted(filename)} is for tensor ${quoted(tensor)}, which is ${type}, but the loader feeds it a path (DT_STRING)`,
            help: "The load fails when the asset's path is fed. Export the model again.",
          };
          continue;
        }
        yield {
          file: context.savedModel.value.file,
          message: `asset ${quoted(filename)} is for tensor ${quoted(tensor)}, but node ${quoted(split.node)} (${node.op}) has ${outputs} output${outputs === 1 ? "" : "s"}`,
          help: "The load fails when the asset's path is fed. Export the model again.",
        };
        continue;
      }
      const near = split === undefined ? undefined : nearest(split.node, graph.nodes.keys());
      yield {
        file: context.savedModel.value.file,
        message: `asset ${quoted(filename)} is for tensor ${quoted(tensor)}, which the graph lacks${near === undefined ? "" : ` (${quoted(near)} is near)`}`,
        help: "The load fails when the asset's path is fed. Export the model again.",
      };
    }
  },
});
