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
  /** Whether it is time to let others run; throws if the caller has given up or the deadline has passed. */
  readonly pause: () => boolean;
}

/** A computation in steps: it yields where the event loop may have its turn. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** A callable function of the graph's library. */
export type CallFunction = (args: readonly Value[], run: RunContext) => Steps<Value[]>;

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

/** What a node computes: one output as it is, none or several as an array. */
export type Outputs = Value | readonly Value[];

/** Computes a node, at once or in steps. */
export type Kernel = (inputs: readonly Value[], run: RunContext) => Outputs | Steps<Outputs>;

/** A kernel that computes at once, as all but those that call functions do. */
export type PlainKernel = (inputs: readonly Value[], run: RunContext) => Outputs;

/** Makes the kernel of a node: attributes are read here, once. */
export type KernelFactory = (node: KernelNode) => Kernel;

/** Kernels of a family of ops by op type. */
export type KernelTable = Readonly<Record<string, KernelFactory>>;
