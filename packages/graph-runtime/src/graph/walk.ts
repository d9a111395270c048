import { WireError, WireReader } from "@servable/tensors";
import { GraphError } from "../graph-error.ts";

/**
 * Calls `visit` for each field of a message; `visit` returns false for a field that it did not read. Nothing is built of
 * what nobody asks for: generic decoding of the graph was the largest cost of loading.
 * @throws GraphError (DATA_LOSS) for bytes that are no protobuf message
 */
export function walk(
  bytes: Uint8Array,
  visit: (field: number, wireType: number, reader: WireReader) => boolean,
): void {
  const reader = new WireReader(bytes);
  try {
    while (reader.next()) if (!visit(reader.field, reader.wire, reader)) reader.skip();
  } catch (error) {
    if (error instanceof WireError) throw new GraphError("DATA_LOSS", error.message);
    throw error;
  }
}
