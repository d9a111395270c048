import { invalid } from "../graph-error.ts";
import type { PlanNode } from "./plan-node.ts";

/**
 * Orders nodes so that each comes after what it needs, starting from `roots`.
 * @param cut edges that close a loop on purpose (`NextIteration` → `Merge`) and are left out
 * @throws GraphError (INVALID_ARGUMENT) for a circle
 */
export function topologicalOrder(
  roots: readonly PlanNode[],
  cut: (consumer: PlanNode, producer: PlanNode) => boolean = () => false,
): PlanNode[] {
  const order: PlanNode[] = [];
  const state = new Map<PlanNode, 1 | 2>();
  const stack: { node: PlanNode; next: number }[] = [];
  const visit = (node: PlanNode): void => {
    if (state.get(node) !== undefined) return;
    state.set(node, 1);
    stack.push({ node, next: 0 });
  };
  // What is only reached the way back round a loop has to be there all the same.
  const starts = [...roots];
  for (const root of starts) {
    visit(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const { node } = top;
      const needed = node.inputs.length + node.controls.length;
      if (top.next >= needed) {
        state.set(node, 2);
        order.push(node);
        stack.pop();
        continue;
      }
      const producer =
        top.next < node.inputs.length
          ? node.inputs[top.next]!.node
          : node.controls[top.next - node.inputs.length]!;
      top.next++;
      if (cut(node, producer)) {
        if (state.get(producer) === undefined) starts.push(producer);
        continue;
      }
      if (state.get(producer) === 1) {
        throw invalid(`Graph is invalid, contains a cycle through the node '${producer.name}'`);
      }
      visit(producer);
    }
  }
  return order;
}
