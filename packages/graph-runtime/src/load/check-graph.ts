import { hostname } from "node:os";
import { functionOps, type GraphDef, type NodeDef } from "../graph/graph-def.ts";
import { parseTensorName } from "../graph/node-outputs.ts";
import { opDef } from "../graph/op-table.ts";
import { GraphError, invalid } from "../graph-error.ts";
import { kernelOf } from "../kernels/registry.ts";
import { functionMissing } from "../plan/plan-graph.ts";

/** GraphDef version of TensorFlow 2.17. */
const GRAPH_VERSION = 1882;

function unknownOp(op: string): GraphError {
  return new GraphError(
    "NOT_FOUND",
    `Op type not registered '${op}' in binary running on ${hostname()}. Make sure the Op and Kernel are registered in the binary running in this process. Note that if you are loading a saved graph which used ops from tf.contrib (e.g. \`tf.contrib.resampler\`), accessing should be done before importing the graph, as contrib ops are lazily registered when the module is first accessed.`,
  );
}

function makesValue(node: NodeDef): boolean {
  return (
    !node.inputs.some((input) => !input.startsWith("^")) &&
    opDef(node.op)?.o.length === 1 &&
    node.op !== "VariableV2" &&
    node.op !== "Variable"
  );
}

const GPU = /(^|\/)(device:)?gpu:/i;

function deviceError(node: NodeDef): GraphError {
  return invalid(
    `Cannot assign a device for operation ${node.name}: {{node ${node.name}}} was explicitly assigned to ${node.device} but available devices are [ /job:localhost/replica:0/task:0/device:CPU:0 ]. Make sure the device specification refers to a valid device. The requested device appears to be a GPU, but CUDA is not enabled.\n\t [[${node.name}]]`,
  );
}

/** Op types of a graph and its functions that have no kernel here. */
export function missingOps(graph: GraphDef): string[] {
  const missing = new Set<string>();
  const note = (op: string): void => {
    if (!kernelOf(op) && !graph.functionBytes.has(op) && !FED.has(op)) missing.add(op);
  };
  for (const node of graph.nodes) note(node.op);
  for (const encoded of graph.functionBytes.values()) for (const { op } of functionOps(encoded)) note(op);
  return [...missing].sort();
}

/** Ops that stand for what is fed or returned. */
const FED = new Set(["Placeholder", "_Arg", "_Retval"]);

/**
 * What a session checks when it takes a graph: versions, op types, names, inputs, called functions, devices.
 * @throws GraphError with TensorFlow's code and message
 */
export function checkGraph(graph: GraphDef, options: { ignoreDevices?: boolean } = {}): void {
  if (graph.minConsumer > GRAPH_VERSION) {
    throw invalid(
      `GraphDef min consumer version ${graph.minConsumer} above current version ${GRAPH_VERSION} for TensorFlow 2.17.1.  Please upgrade TensorFlow.`,
    );
  }
  const known = (op: string): boolean => opDef(op) !== undefined || graph.functionBytes.has(op);
  for (const node of graph.nodes) if (!known(node.op)) throw unknownOp(node.op);
  for (const encoded of graph.functionBytes.values()) {
    for (const { op } of functionOps(encoded)) if (!known(op)) throw unknownOp(op);
  }
  if (graph.duplicate !== undefined) throw invalid(`Node '${graph.duplicate}' is not unique`);
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const { name } = parseTensorName(input);
      if (!graph.byName.has(name)) throw invalid(`Node '${node.name}': Unknown input node '${name}'`);
    }
  }
  for (const node of graph.nodes) {
    if (node.op !== "PartitionedCall" && node.op !== "StatefulPartitionedCall") continue;
    const called = node.attrs.func("f");
    if (!graph.functionBytes.has(called)) throw functionMissing(called);
  }
  if (options.ignoreDevices) return;
  // The placer leaves nodes that only make a value for later, and puts them beside their readers.
  const pinned = graph.nodes.filter((node) => node.device !== "" && GPU.test(node.device));
  const first = pinned.find((node) => !makesValue(node)) ?? pinned[0];
  if (first) throw deviceError(first);
}
