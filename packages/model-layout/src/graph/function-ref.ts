import { nearest } from "@servable/diagnostics";
import type { GraphFunction } from "./graph-def.ts";
import type { GraphIndex } from "./graph-index.ts";
import { opDef, typesOfArg } from "./op-defs.ts";

/** What is wrong with a name that stands for a tensor in a function's body: an argument, `node:output:index` or `^node`. */
export function refProblem(ref: string, fn: GraphFunction, graph: GraphIndex): string | undefined {
  const control = ref.startsWith("^");
  const [name = "", output, index] = (control ? ref.slice(1) : ref).split(":");
  const body = graph.body(fn);
  const node = body.get(name);
  if (node === undefined) {
    if (fn.inputs.some((input) => input.name === name)) return undefined;
    const near = nearest(name, body.keys());
    return `which neither a node nor an argument makes${near === undefined ? "" : ` (${JSON.stringify(near)} is near)`}`;
  }
  if (control) return undefined;
  if (output === undefined) return `which names a node, not one of its outputs`;
  const called = graph.functions.get(node.op);
  const def = called === undefined ? opDef(node.op) : undefined;
  const names = (called ?? def)?.outputs.map((arg) => arg.name);
  // Outputs of ops that are not known here may have any name.
  if (names === undefined) return undefined;
  if (!names.includes(output)) {
    return `but ${node.op} has ${names.length === 0 ? "no output" : `the outputs ${names.map((item) => JSON.stringify(item)).join(", ")}`}`;
  }
  const arg = def?.outputs.find((item) => item.name === output);
  if (def === undefined || arg === undefined || index === undefined) return undefined;
  const types = typesOfArg(arg, def, node.attrs);
  if (types === undefined || Number(index) < types.length) return undefined;
  return `but ${JSON.stringify(output)} of ${node.op} is ${types.length} tensors`;
}
