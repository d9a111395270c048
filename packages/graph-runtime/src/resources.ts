import type { ModelFileSystem } from "@servable/model-layout";
import type { DType } from "@servable/tensors";
import { GraphError } from "./graph-error.ts";
import type { RefVariable, ResourceHandle, Value } from "./value.ts";

/** A resource variable. */
export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  value: Value | undefined;
  /** Counts assignments, so that plans which took the value for a constant notice. */
  version: number;
}

/** A lookup table: keys are strings by their bytes, or numbers. */
export interface Table {
  readonly kind: "table";
  readonly name: string;
  readonly keyDtype: DType;
  readonly valueDtype: DType;
  /** Shape of one value; scalars for all but tables of tensors. */
  readonly valueShape: readonly number[];
  /** Key → index into `values`, in order of insertion. */
  readonly entries: Map<string | number | bigint, TableEntry>;
  initialized: boolean;
  readonly mutable: boolean;
  /** Keys that a dense table marks its empty and deleted cells with; they are never entries. */
  readonly reserved?: {
    readonly empty: string | number | bigint;
    readonly deleted: string | number | bigint;
  };
}

export interface TableEntry {
  readonly key: Uint8Array | number | bigint;
  readonly value: readonly (Uint8Array | number | bigint)[];
}

/** All state of a loaded model. */
export class Resources {
  readonly fs: ModelFileSystem;
  /** The version directory: a graph may read files below it and no others. */
  root = "";
  readonly variables = new Map<string, Variable>();
  readonly refVariables = new Map<string, RefVariable>();
  readonly tables = new Map<string, Table>();
  readonly others = new Map<string, unknown>();
  /** Counts assignments to any variable. */
  version = 0;

  constructor(fs: ModelFileSystem) {
    this.fs = fs;
  }

  variable(handle: ResourceHandle): Variable {
    const key = `${handle.container}/${handle.name}`;
    let variable = this.variables.get(key);
    if (!variable) {
      variable = { kind: "variable", name: handle.name, value: undefined, version: 0 };
      this.variables.set(key, variable);
    }
    return variable;
  }

  /** @throws GraphError (FAILED_PRECONDITION) with TensorFlow's words for a variable that nothing restored */
  read(handle: ResourceHandle): Value {
    const variable = this.variable(handle);
    if (variable.value) return variable.value;
    throw new GraphError(
      "FAILED_PRECONDITION",
      `Could not find variable ${handle.name}. This could mean that the variable has been deleted. In TF1, it can also mean the variable is uninitialized. Debug info: container=${handle.container}, status error message=Resource ${handle.container}/${handle.name}/N10tensorflow3VarE does not exist.`,
    );
  }

  assign(handle: ResourceHandle, value: Value): void {
    const variable = this.variable(handle);
    variable.value = value;
    variable.version++;
    this.version++;
  }

  assignRef(variable: RefVariable, value: Value): void {
    variable.value = value;
    variable.version++;
    this.version++;
  }

  refVariable(name: string, shape?: readonly number[]): RefVariable {
    let variable = this.refVariables.get(name);
    if (!variable) {
      variable = { name, shape, value: undefined, version: 0 };
      this.refVariables.set(name, variable);
    }
    return variable;
  }

  clear(): void {
    this.variables.clear();
    this.refVariables.clear();
    this.tables.clear();
    this.others.clear();
  }
}
