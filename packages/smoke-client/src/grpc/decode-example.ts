import { WIRE, WireReader } from "@servable/tensors";
import type { Example, Feature } from "../messages.ts";
import { entry, fields, record } from "./message-fields.ts";

function numbers<T>(bytes: Uint8Array, wire: number, read: (reader: WireReader) => T): T[] {
  const values: T[] = [];
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === wire) values.push(read(reader));
    else if (reader.field === 1 && reader.wire === WIRE.bytes) {
      const packed = new WireReader(reader.view());
      while (packed.position < packed.end) values.push(read(packed));
    } else reader.skip();
  }
  return values;
}

function decodeFeature(bytes: Uint8Array): Feature {
  let feature: Feature = { bytes: [] };
  fields(bytes, (field, view) => {
    if (field === 1) {
      const values: Uint8Array[] = [];
      fields(view, (inner, value) => {
        if (inner === 1) values.push(value);
      });
      feature = { bytes: values };
    } else if (field === 2) feature = { floats: numbers(view, WIRE.fixed32, (reader) => reader.float()) };
    else if (field === 3) feature = { ints: numbers(view, WIRE.varint, (reader) => reader.int64()) };
  });
  return feature;
}

/**
 * tensorflow.Example from its serialized form.
 * @throws TensorError for bytes that are none.
 */
export function decodeExample(bytes: Uint8Array): Example {
  const example = record<Feature>();
  fields(bytes, (field, features) => {
    if (field !== 1) return;
    fields(features, (inner, one) => {
      if (inner !== 1) return;
      const [name, feature] = entry(one);
      example[name] = decodeFeature(feature);
    });
  });
  return example;
}
