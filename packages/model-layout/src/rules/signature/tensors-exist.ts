import { nearest } from "@servable/diagnostics";
import { splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { outputCount } from "../../graph/output-count.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, signatureFile, tensorNames } from "./signatures.ts";

function missing(tensor: string, graph: GraphIndex): string | undefined {
  if (tensor === "") return "an empty name";
  const split = splitTensorName(tensor);
  const node = split === undefined ? undefined : graph.nodes.get(split.node);
  if (split === undefined || node === undefined) {
    const near = split === undefined ? undefined : nearest(split.node, graph.nodes.keys());
    return `${quoted(tensor)}, but the graph has no such node${near === undefined ? "" : ` (${quoted(near)} is near)`}`;
  }
  const outputs = outputCount(node, graph);
  if (outputs !== undefined && split.index >= outputs) {
    return `${quoted(tensor)}, but node ${quoted(split.node)} (${node.op}) has ${outputs} output${outputs === 1 ? "" : "s"}`;
  }
  return undefined;
}

export const rule = versionRule({
  id: "signature/tensors-exist",
  level: "graph",
  summary: "the tensors of every signature are in the graph",
  severity: "error",
  effect: "request-fails",
  why: "Names in a signature are not looked at when the model loads. A name that the graph lacks fails at every request.",
  mend: "Export again; if signatures were edited, use the names of existing tensors (node:index).",
  evidence: ["TensorFlow 2.17.1: such models load, running them fails"],
  logTexts: [
    "FeedInputs: unable to find feed output …",
    "FetchOutputs node …: not found",
    "Tensor …, specified in either feed_devices or fetch_devices was not found in the Graph",
  ],
  symptoms: [45],
  examples: {
    bad: [folder("no such node", { "m/1/saved_model.pb": "outputs y -> prediction:0, nodes x and y" })],
    good: [folder("a node", { "m/1/saved_model.pb": "outputs y -> y:0, nodes x and y" })],
  },
  *check(context) {
    const { graph } = context;
    if (graph === undefined || graph.graph.nodes.length === 0) return;
    for (const [name, { inputs, outputs }] of callable(context)) {
      for (const [what, tensors] of [
        ["input", inputs],
        ["output", outputs],
      ] as const) {
        for (const [alias, info] of tensors) {
          for (const tensor of tensorNames(info)) {
            const problem = missing(tensor, graph);
            if (problem === undefined) continue;
            yield {
              file: signatureFile(context),
              message: `signature ${quoted(name)}: ${what} ${quoted(alias)} names ${problem}`,
              help: "The model loads and every request for this signature fails. Export again, or name an existing tensor.",
            };
          }
        }
      }
    }
  },
});
