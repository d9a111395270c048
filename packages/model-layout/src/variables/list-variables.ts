import type { DType } from "@servable/tensors";
import type { VariableEntry } from "./bundle-entry.ts";
import type { VariablesIndex } from "./variables-index.ts";

/** Where a TF2 export keeps its object graph, among the variables. */
const OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";

/** A variable as the model has it, however it is stored. */
export interface StoredVariable {
  /** For `readTensor`; of a TF2 export `path/of/object/.ATTRIBUTES/VARIABLE_VALUE`. */
  readonly key: string;
  readonly dtype: DType;
  /** null where the file says no rank, which no export does. */
  readonly shape: readonly number[] | null;
  /** Bytes of its values in the data files; of strings with their lengths and checksum. */
  readonly byteSize: number;
  /** The entries that hold its values: one, or one for each slice of a partitioned variable. */
  readonly entries: readonly VariableEntry[];
  /** Its own entry, which of a partitioned variable holds only the shape. */
  readonly entry: VariableEntry;
}

/** The variables of a version, by key in byte order: without the object graph, and slices with the whole they are of. */
export function listVariables(index: VariablesIndex): readonly StoredVariable[] {
  return index.entries
    .filter(({ key, keyHex }) => keyHex === undefined && key !== OBJECT_GRAPH)
    .map((entry) => {
      const { key, dtype, shape, slices } = entry;
      const entries =
        slices.length === 0 ? [entry] : slices.flatMap((extents) => index.sliceEntry(entry, extents) ?? []);
      const byteSize = entries.reduce((sum, { size }) => sum + Number(size), 0);
      return { key, dtype, shape, byteSize, entries, entry };
    });
}
