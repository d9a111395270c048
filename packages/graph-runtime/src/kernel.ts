import type { Gemm } from "./gemm/gemm.ts";
import type { FunctionDef, NodeDef } from "./graph/graph-def.ts";
import type { Resources } from "./resources.ts";
import type { Value } from "./value.ts";

/** What a kernel sees while it runs. */
export interface RunContext {
  readonly resources: Resources;
  /** Nesting of function calls that are not inlined; bounded. */
  readonly depth: number;
  /** Fast float32 products; shared by the kernels of a model. */
  readonly gemm: Gemm;
  /** Throws if the caller has given up; asked between iterations of loops. */
  readonly interrupt?: () => void;
}

/** A callable function of the graph's library. */
export type CallFunction = (args: readonly Value[], run: RunContext) => Value[];

/** What a kernel knows when it is made, once per node of a plan. */
export interface KernelNode {
  readonly name: string;
  readonly op: string;
  readonly def: NodeDef;
  readonly attrs: NodeDef["attrs"];
  /** Number of data inputs. */
  readonly inputCount: number;
  /** The value of an input if it is the same in every run. */
  constant(input: number): Value | undefined;
  /** A function of the library, compiled on its first call. @throws GraphError if there is none of that name */
  callable(functionName: string): CallFunction;
  readonly functionDef: (name: string) => FunctionDef | undefined;
}

/** Computes a node. One output is returned as it is, none or several as an array. */
export type Kernel = (inputs: readonly Value[], run: RunContext) => Value | readonly Value[];

/** Makes the kernel of a node: attributes are read here, once. */
export type KernelFactory = (node: KernelNode) => Kernel;

/** Kernels of a family of ops by op type. */
export type KernelTable = Readonly<Record<string, KernelFactory>>;
