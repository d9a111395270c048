import { type DType, WireReader } from "@servable/tensors";
import { walk } from "../graph/walk.ts";
import { EMPTY_BYTES } from "../value.ts";

/** Values of one feature of one example. */
export interface Feature {
  readonly dtype: DType;
  readonly values: readonly Uint8Array[] | readonly number[] | readonly bigint[];
}

/** A `Feature`; undefined for one of no kind. */
export function readFeature(bytes: Uint8Array): Feature | undefined {
  let feature: Feature | undefined;
  walk(bytes, (kind, wire, reader) => {
    if (wire !== 2 || kind < 1 || kind > 3) return false;
    const list = reader.view();
    if (kind === 1) {
      const values: Uint8Array[] = [];
      walk(list, (field, inner, items) => {
        if (field !== 1 || inner !== 2) return false;
        values.push(items.view());
        return true;
      });
      feature = { dtype: "DT_STRING", values };
    } else if (kind === 2) {
      const values: number[] = [];
      walk(list, (field, inner, items) => {
        if (field !== 1) return false;
        if (inner === 5) values.push(items.float());
        else if (inner === 2) {
          const packed = new WireReader(items.view());
          while (packed.position < packed.end) values.push(packed.float());
        } else return false;
        return true;
      });
      feature = { dtype: "DT_FLOAT", values };
    } else {
      const values: bigint[] = [];
      walk(list, (field, inner, items) => {
        if (field !== 1) return false;
        if (inner === 0) values.push(items.int64());
        else if (inner === 2) {
          const packed = new WireReader(items.view());
          while (packed.position < packed.end) values.push(packed.int64());
        } else return false;
        return true;
      });
      feature = { dtype: "DT_INT64", values };
    }
    return true;
  });
  return feature;
}

/** Features of a serialized `Example`, or of one map of a `SequenceExample`. */
export function readFeatures(bytes: Uint8Array): Map<string, Feature> {
  const features = new Map<string, Feature>();
  walk(bytes, (field, wire, reader) => {
    if (field !== 1 || wire !== 2) return false;
    readEntries(reader.view(), (key, value) => {
      const feature = readFeature(value);
      if (feature) features.set(key, feature);
      else features.delete(key);
    });
    return true;
  });
  return features;
}

/** Entries of a map of messages by string keys. */
export function readEntries(bytes: Uint8Array, visit: (key: string, value: Uint8Array) => void): void {
  walk(bytes, (field, wire, reader) => {
    if (field !== 1 || wire !== 2) return false;
    let key = "";
    let value: Uint8Array = EMPTY_BYTES;
    walk(reader.view(), (inner, innerWire, entry) => {
      if (innerWire !== 2) return false;
      if (inner === 1) key = entry.string();
      else if (inner === 2) value = entry.view();
      else return false;
      return true;
    });
    visit(key, value);
    return true;
  });
}
