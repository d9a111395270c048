import { WireReader } from "@servable/tensors";

/** The value in the bytes of a wrapper of an integer or a bool (`google.protobuf.Int64Value`). @throws WireError */
export function int64Value(bytes: Uint8Array): bigint {
  const reader = new WireReader(bytes);
  let value = 0n;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 0) value = reader.int64();
    else reader.skip();
  }
  return value;
}
