/** Name of a data file (core/util/tensor_bundle/naming.cc). */
export function shardName(index: number, count: number): string {
  return `variables.data-${String(index).padStart(5, "0")}-of-${String(count).padStart(5, "0")}`;
}
