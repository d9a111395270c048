import { WIRE, WireReader } from "@servable/tensors";

/** Text of an answer; what is no UTF-8 becomes U+FFFD: an answer is shown, not refused. */
export const utf8 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");

/** Calls `visit` for each length-delimited field; others are skipped unless `visit` of `onScalar` takes them. */
export function fields(
  bytes: Uint8Array,
  visit: (field: number, value: Uint8Array) => void,
  onScalar?: (field: number, reader: WireReader) => boolean,
): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire === WIRE.bytes) visit(reader.field, reader.view());
    else if (reader.wire !== WIRE.varint || onScalar?.(reader.field, reader) !== true) reader.skip();
  }
}

/** Key and value of a map entry whose value is length-delimited. */
export function entry(bytes: Uint8Array): [string, Uint8Array] {
  let key = "";
  let value: Uint8Array = new Uint8Array(0);
  fields(bytes, (field, view) => {
    if (field === 1) key = utf8(view);
    else if (field === 2) value = view;
  });
  return [key, value];
}

/** A record that no key can turn into something else: `__proto__` is an alias like any other. */
export function record<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** The value in the bytes of a `google.protobuf.Int64Value`. */
export function int64Value(bytes: Uint8Array): bigint {
  let value = 0n;
  fields(
    bytes,
    () => {},
    (field, reader) => {
      if (field !== 1) return false;
      value = reader.int64();
      return true;
    },
  );
  return value;
}
