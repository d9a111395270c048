import { dtypeName } from "./check-node.ts";
import type { GraphIndex } from "./graph-index.ts";
import { tensorTypesOf } from "./tensor-types.ts";

const STRING = 7;

/** Type of a tensor that a path is fed to, where it is known to be something else than a string. */
export function pathType(tensor: string, graph: GraphIndex): string | undefined {
  const type = tensorTypesOf(graph).ofTensor(tensor);
  return type === undefined || type === STRING ? undefined : dtypeName(type);
}
