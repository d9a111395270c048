import { type MetaGraph, ModelReadError } from "@servable/model-layout";

/** A map entry `"_XlaMustCompile"` → AttrValue { b: true }, as it is serialized in a NodeDef or FunctionDef. */
const marker: readonly number[] = [
  0x0a,
  15,
  ...[..."_XlaMustCompile"].map((letter) => letter.charCodeAt(0)),
  0x12,
  2,
  0x28,
  1,
];

/** Whether a function of the graph must be compiled by XLA (tf.function with jit_compile=True). */
export function needsXla(graph: MetaGraph): boolean {
  let bytes: Uint8Array;
  try {
    bytes = graph.graphDef();
  } catch (error) {
    if (error instanceof ModelReadError) return false;
    throw error;
  }
  const [first = 0] = marker;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (bytes[at + 1] !== marker[1]) continue;
    if (marker.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
