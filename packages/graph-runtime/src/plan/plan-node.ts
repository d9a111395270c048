import type { NodeDef } from "../graph/graph-def.ts";
import type { Kernel } from "../kernel.ts";
import type { Value } from "../value.ts";

/** One output of a node. */
export interface Ref {
  readonly node: PlanNode;
  readonly index: number;
}

/** A node of a plan: a graph's node in one place where its function was inlined, a feed, or a made-up one. */
export interface PlanNode {
  readonly id: number;
  /** Name in its graph or function. */
  readonly name: string;
  readonly op: string;
  readonly def: NodeDef;
  /** Name of the function that the node stands in; undefined in the graph itself. */
  readonly functionName: string | undefined;
  inputs: Ref[];
  controls: PlanNode[];
  /** Values of all outputs, if they are the same in every run. */
  constant: readonly Value[] | undefined;
  kernel: Kernel | undefined;
  /** Number of outputs of a node of our own making. */
  outputs?: number;
  /** Name with the calls that lead to it, as inlining names it. */
  readonly path: string;
  /** For feeds: their position. */
  readonly feed: number;
}
