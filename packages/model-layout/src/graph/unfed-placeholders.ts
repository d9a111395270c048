import { type GraphNode, splitTensorName } from "./graph-def.ts";
import type { GraphIndex } from "./graph-index.ts";

const PLACEHOLDERS: ReadonlySet<string> = new Set(["Placeholder", "PlaceholderV2"]);

/** `node:index` of a tensor name, with the index that `node` alone means; undefined for what is no tensor's name. */
export function tensorKey(tensor: string): string | undefined {
  const split = splitTensorName(tensor);
  return split === undefined || tensor.startsWith("^") ? undefined : `${split.node}:${split.index}`;
}

/**
 * Placeholders that a run of some targets (tensors or ops) comes to although nothing feeds them: each fails the run. Fed
 * tensors cut the way to the nodes behind them, as the pruning of a session does. `runOps`: the targets are ops to run, not tensors to fetch.
 */
export function unfedPlaceholders(
  graph: GraphIndex,
  targets: Iterable<string>,
  feeds: Iterable<string>,
  runOps = false,
): GraphNode[] {
  const fed = new Set<string | undefined>();
  const cut = new Set<GraphNode>();
  for (const feed of feeds) {
    const key = tensorKey(feed);
    if (key === undefined) continue;
    fed.add(key);
    const node = graph.nodeOf(feed);
    // Feeding a placeholder also takes away what waits for the node itself.
    if (node !== undefined && PLACEHOLDERS.has(node.op)) cut.add(node);
  }
  const seen = new Set<GraphNode>();
  const todo: GraphNode[] = [];
  const unfed: GraphNode[] = [];
  const reach = (input: string): void => {
    const node = graph.nodeOf(input);
    if (node === undefined || seen.has(node) || cut.has(node)) return;
    if (!input.startsWith("^") && fed.has(tensorKey(input))) return;
    seen.add(node);
    todo.push(node);
    // One that waits for something may lie in a branch that is not taken.
    if (PLACEHOLDERS.has(node.op) && node.inputs.length === 0) unfed.push(node);
  };
  for (const target of targets) {
    const node = graph.nodeOf(target);
    // A placeholder that is to be run itself is run, fed or not.
    if (runOps && node !== undefined && PLACEHOLDERS.has(node.op)) unfed.push(node);
    else reach(target);
  }
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) node.inputs.forEach(reach);
  return unfed;
}
