import { nearest } from "@servable/diagnostics";
import { splitTensorName } from "../../graph/graph-def.ts";
import { outputCount } from "../../graph/output-count.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/inputs-exist",
  level: "graph",
  summary: "every input of a node is made by a node",
  severity: "error",
  effect: "load-fails",
  why: "The graph is imported as a whole: one input without a node behind it fails the load.",
  mend: "Export the model again; edited graphs must keep what they refer to.",
  evidence: ["TensorFlow 2.17.1's loader on such a graph"],
  logTexts: ["Node '…': Unknown input node '…'"],
  examples: {
    bad: [folder("a ghost", { "m/1/saved_model.pb": "node y has input ghost, no node ghost" })],
    good: [folder("a node", { "m/1/saved_model.pb": "node y has input x, node x" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    let told = 0;
    for (const node of graph.graph.nodes) {
      for (const input of node.inputs) {
        const target = input.startsWith("^") ? { node: input.slice(1), index: 0 } : splitTensorName(input);
        const from = target === undefined ? undefined : graph.nodes.get(target.node);
        let problem: string | undefined;
        if (target === undefined || from === undefined) {
          const near = target === undefined ? undefined : nearest(target.node, graph.nodes.keys());
          problem = `takes input ${quoted(input)} from a node that does not exist${near === undefined ? "" : ` (${quoted(near)} is near)`}`;
        } else if (!input.startsWith("^") && target.index > 0) {
          const outputs = outputCount(from, graph);
          if (outputs !== undefined && target.index >= outputs) {
            problem = `takes output ${target.index} of ${quoted(target.node)} (${from.op}), which has ${outputs}`;
          }
        }
        // A graph cut in two has thousands of these: the first few tell enough.
        if (problem === undefined || told++ >= 10) continue;
        yield {
          file,
          message: `node ${quoted(node.name)} ${problem}`,
          help: "The load fails. Export the model again.",
        };
      }
    }
  },
});
