/** Name of a data file (core/util/tensor_bundle/naming.cc). */
export function shardName(index: number, count: number): string {
  return `variables.data-${String(index).padStart(5, "0")}-of-${String(count).padStart(5, "0")}`;
}

/** Whether a name is that of a data file of some export. */
export const isDataFile = (name: string): boolean => /^variables\.data-\d+-of-\d+$/.test(name);
