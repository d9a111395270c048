import { nearest } from "@servable/diagnostics";
import { refProblem } from "../../graph/function-ref.ts";
import { type GraphFunction, splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { outputCount } from "../../graph/output-count.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { lateFault, runningParts } from "./running-parts.ts";

export const rule = versionRule({
  id: "graph/inputs-exist",
  level: "graph",
  summary: "every input of a node is made by a node",
  severity: "error",
  effect: "load-fails",
  why: "The graph is imported as a whole: one input without a node behind it fails the load. In a function it fails the first call. Control inputs (`^node`) must come after all others.",
  mend: "Export the model again; edited graphs must keep what they refer to.",
  evidence: ["TensorFlow 2.17.1's loader on such a graph"],
  logTexts: [
    "Node '…': Unknown input node '…'",
    "Node '…': Connecting to invalid output … of source node … which has … outputs.",
    "Node '…': Control dependencies must come after regular dependencies",
    "input … is not found: …",
  ],
  examples: {
    bad: [folder("a ghost", { "m/1/saved_model.pb": "node y has input ghost, no node ghost" })],
    good: [folder("a node", { "m/1/saved_model.pb": "node y has input x, node x" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    let told = 0;
    let running: ReturnType<typeof runningParts> | undefined;
    for (const { node, fn, where } of graph.nodesInUse) {
      let control = false;
      for (const input of node.inputs) {
        let problem = fn === undefined ? inGraph(input, graph) : inFunction(input, fn, graph);
        if (input.startsWith("^")) control = true;
        else if (control && fn === undefined)
          problem ??= `takes the tensor ${quoted(input)} after a control input, which must come last`;
        if (problem === undefined) continue;
        // A graph cut in two has thousands of these: the first few tell enough.
        if (told++ >= 10) return;
        const message = `node ${quoted(node.name)}${where} ${problem}`;
        if (fn === undefined) {
          yield { file, message, help: "The load fails. Export the model again." };
          continue;
        }
        running ??= runningParts(context, graph);
        yield { file, message, ...lateFault({ fn }, running) };
      }
    }
  },
});

/** What is wrong with an input of a node of the graph itself. */
function inGraph(input: string, graph: GraphIndex): string | undefined {
  const target = input.startsWith("^") ? { node: input.slice(1), index: 0 } : splitTensorName(input);
  const from = target === undefined ? undefined : graph.nodes.get(target.node);
  if (target === undefined || from === undefined) {
    const near = target === undefined ? undefined : nearest(target.node, graph.nodes.keys());
    return `takes input ${quoted(input)} from a node that does not exist${near === undefined ? "" : ` (${quoted(near)} is near)`}`;
  }
  if (input.startsWith("^")) return undefined;
  const outputs = outputCount(from, graph);
  if (outputs === undefined || target.index < outputs) return undefined;
  return `takes output ${target.index} of ${quoted(target.node)} (${from.op}), which has ${outputs}`;
}

/** The same inside a function's body, where inputs are arguments, `node:output:index` or `^node`. */
function inFunction(input: string, fn: GraphFunction, graph: GraphIndex): string | undefined {
  const problem = refProblem(input, fn, graph);
  return problem === undefined ? undefined : `takes input ${quoted(input)}, ${problem}`;
}
