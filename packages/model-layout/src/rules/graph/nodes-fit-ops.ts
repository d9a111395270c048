import { type GraphNode, splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { releaseIndex } from "../../graph/op-defs.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, tensorNames } from "../signature/signatures.ts";
import { nodeProblems } from "./node-problems.ts";
import { lateFault, type RunningParts, runningParts } from "./running-parts.ts";

export const rule = versionRule({
  id: "graph/nodes-fit-ops",
  level: "graph",
  summary: "every node has the attributes, inputs and types that its op wants",
  severity: "error",
  effect: "load-fails",
  why: "The server checks each node against the definition of its op when it imports the graph: attributes without default must be there and of the right kind and value, and inputs must be as many and of the types that the op wants. Inside a function it does so at the first call.",
  mend: "Export the model again with TensorFlow; graphs edited by hand must keep to the op definitions.",
  evidence: [
    "op definitions of the TensorFlow wheels 1.15 to 2.20",
    "tensorflow/core/framework/node_def_util.cc ValidateNodeDef, common_runtime/graph_constructor.cc",
    "TensorFlow 2.17.1's loader on graphs edited in these ways",
  ],
  logTexts: [
    "NodeDef missing attr '…' from Op<…>; NodeDef: …",
    "NodeDef expected inputs '…' do not match … inputs specified; …",
    "Value for attr '…' of … is not in the list of allowed values: …",
    "Input … of node … was passed … from … incompatible with expected ….",
    "AttrValue had value with type '…' when '…' expected",
    "Op … is not available in GraphDef version …. It has been removed in version …. ….",
  ],
  examples: {
    bad: [folder("an input too few", { "m/1/saved_model.pb": "AddV2 with one input" })],
    good: [folder("as defined", { "m/1/saved_model.pb": "AddV2 with two inputs of one type" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const target = releaseIndex(context.target.tfsVersion);
    let told = 0;
    let running: RunningParts | undefined;
    for (const { node, fn, where } of graph.nodesInUse) {
      for (const { message, call, gives, late } of nodeProblems(node, fn, graph, target)) {
        // A graph of another op set has thousands of these: the first few tell enough.
        if (told++ >= 10) return;
        running ??= runningParts(context, graph);
        // What saves a model is there but never runs in a server, which does not unfold its calls (branches and loops it does).
        const runs = fn === undefined ? running.nodes.has(node) : running.functions.has(fn);
        const missed =
          gives === undefined || fn !== undefined || readsBeyond(node, gives, graph, callable(context));
        const idle = call && (!runs || !missed);
        yield {
          file,
          message: `node ${quoted(node.name)} (${node.op})${where} ${message}`,
          ...(idle ? IDLE : late ? lateFault({ node, fn }, running) : LOAD_FAILS),
        };
      }
    }
  },
});

const LOAD_FAILS = { help: "The load fails. Export the model again." };

const IDLE = {
  severity: "warning",
  effect: "silent",
  help: "Nothing that the server runs comes to it, or reads what is missing; but the graph is not what was exported. Export the model again.",
} as const;

/** Whether a node of the graph, or a signature, takes a tensor of `node` from index `first` on. */
function readsBeyond(
  node: GraphNode,
  first: number,
  graph: GraphIndex,
  signatures: ReturnType<typeof callable>,
): boolean {
  const beyond = (tensor: string): boolean => {
    const split = tensor.startsWith("^") ? undefined : splitTensorName(tensor);
    return split !== undefined && split.node === node.name && split.index >= first;
  };
  return (
    graph.graph.nodes.some(({ inputs }) => inputs.some(beyond)) ||
    signatures.some(([, { outputs }]) =>
      [...outputs.values()].some((info) => [...tensorNames(info)].some(beyond)),
    )
  );
}
