import { encodeTensorProto, type Tensor } from "@servable/tensors";
import { WireWriter } from "../wire/wire-writer.ts";

/** A feature of a tf.train.Example: numbers (float_list), bigints (int64_list), or texts and bytes (bytes_list). */
export type FeatureValue = readonly number[] | readonly bigint[] | readonly (string | Uint8Array)[];

/** One request to be run when the version loads. */
export type WarmupInput =
  | {
      readonly kind: "predict";
      /** Default `serving_default`. */
      readonly signature?: string;
      readonly inputs: ReadonlyMap<string, Tensor>;
      readonly outputFilter?: readonly string[];
    }
  | {
      readonly kind: "classify" | "regress";
      readonly signature?: string;
      /** Serialized tf.train.Examples, or their features. */
      readonly examples: readonly (Uint8Array | Readonly<Record<string, FeatureValue>>)[];
    };

/** A tf.train.Example from its features, by name in byte order. */
export function encodeExample(features: Readonly<Record<string, FeatureValue>>): Uint8Array {
  const map = new WireWriter();
  for (const name of Object.keys(features).sort()) {
    const values = features[name] ?? [];
    const first = values[0];
    const feature = new WireWriter();
    if (typeof first === "number") {
      const packed = new Uint8Array(values.length * 4);
      const view = new DataView(packed.buffer);
      for (const [index, value] of values.entries()) view.setFloat32(index * 4, Number(value), true);
      feature.bytes(2, new WireWriter().bytes(1, packed));
    } else if (typeof first === "bigint") {
      const list = new WireWriter();
      for (const value of values) list.int64(1, value as bigint);
      feature.bytes(3, list);
    } else {
      const list = new WireWriter();
      for (const value of values) list.bytes(1, value as string | Uint8Array);
      feature.bytes(1, list);
    }
    map.bytes(1, new WireWriter().bytes(1, name).bytes(2, feature));
  }
  return new WireWriter().bytes(1, map).finish();
}

function modelSpec(model: string, signature: string): WireWriter {
  const spec = new WireWriter();
  if (model !== "") spec.bytes(1, model);
  return spec.bytes(3, signature);
}

/** A serialized PredictionLog. The model name is not looked at by the server; it is there for people. */
export function encodePredictionLog(input: WarmupInput, model = ""): Uint8Array {
  const spec = modelSpec(model, input.signature ?? "serving_default");
  const request = new WireWriter().bytes(1, spec);
  if (input.kind === "predict") {
    for (const alias of [...input.inputs.keys()].sort()) {
      const tensor = input.inputs.get(alias)!;
      request.bytes(2, new WireWriter().bytes(1, alias).bytes(2, encodeTensorProto(tensor)));
    }
    for (const alias of input.outputFilter ?? []) request.bytes(3, alias);
    return new WireWriter().bytes(6, new WireWriter().bytes(1, request)).finish();
  }
  const list = new WireWriter();
  for (const example of input.examples)
    list.bytes(1, example instanceof Uint8Array ? example : encodeExample(example));
  request.bytes(2, new WireWriter().bytes(1, list));
  return new WireWriter()
    .bytes(input.kind === "classify" ? 2 : 3, new WireWriter().bytes(1, request))
    .finish();
}
