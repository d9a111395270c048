import { nearest } from "@servable/diagnostics";
import type { GraphFunction } from "./graph-def.ts";
import type { GraphIndex } from "./graph-index.ts";
import { opDef, typesOfArg } from "./op-defs.ts";

/** The parts of `node:output:index`; the index as it is written. */
export function splitRef(ref: string): {
  readonly name: string;
  readonly output: string | undefined;
  readonly index: string | undefined;
} {
  const first = ref.indexOf(":");
  if (first < 0) return { name: ref, output: undefined, index: undefined };
  const second = ref.indexOf(":", first + 1);
  const name = ref.slice(0, first);
  if (second < 0) return { name, output: ref.slice(first + 1), index: undefined };
  const third = ref.indexOf(":", second + 1);
  return {
    name,
    output: ref.slice(first + 1, second),
    index: ref.slice(second + 1, third < 0 ? undefined : third),
  };
}

/** What is wrong with a name that stands for a tensor in a function's body: an argument, `node:output:index` or `^node`. */
export function refProblem(ref: string, fn: GraphFunction, graph: GraphIndex): string | undefined {
  const control = ref.startsWith("^");
  const { name, output, index } = splitRef(control ? ref.slice(1) : ref);
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
  const outputs: readonly { readonly name: string }[] | undefined = (called ?? def)?.outputs;
  // Outputs of ops that are not known here may have any name.
  if (outputs === undefined) return undefined;
  if (!outputs.some((item) => item.name === output)) {
    return `but ${node.op} has ${outputs.length === 0 ? "no output" : `the outputs ${outputs.map((item) => JSON.stringify(item.name)).join(", ")}`}`;
  }
  const arg = def?.outputs.find((item) => item.name === output);
  if (def === undefined || arg === undefined || index === undefined) return undefined;
  const types = typesOfArg(arg, def, node.attrs);
  if (types === undefined || Number(index) < types.length) return undefined;
  return `but ${JSON.stringify(output)} of ${node.op} is ${types.length} tensors`;
}
