import type { Kernel } from "../kernel.ts";
import type { PlanNode, Ref } from "./plan-graph.ts";

type AddNode = (
  name: string,
  op: string,
  inputs: Ref[],
  kernel: Kernel,
  functionName: string | undefined,
) => PlanNode;

export function fuse(_order: readonly PlanNode[], _results: Ref[], _add: AddNode): void {}
