import { encodeTensorProto, type Tensor, WireWriter } from "@servable/tensors";

/** A feature of a tensorflow.Example: numbers (float_list), bigints (int64_list), or texts and bytes (bytes_list). */
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
      /** Serialized tensorflow.Examples, or their features. */
      readonly examples: readonly (Uint8Array | Readonly<Record<string, FeatureValue>>)[];
    };

/** A tensorflow.Feature. */
function encodeFeature(values: FeatureValue): WireWriter {
  const [first] = values;
  if (typeof first === "number") {
    const packed = new Uint8Array(values.length * 4);
    const view = new DataView(packed.buffer);
    for (const [index, value] of values.entries()) view.setFloat32(index * 4, Number(value), true);
    return new WireWriter().message(2, new WireWriter().bytes(1, packed));
  }
  const list = new WireWriter();
  for (const value of values) {
    if (typeof value === "bigint") list.int(1, value);
    else if (typeof value === "string") list.string(1, value);
    else list.bytes(1, value as Uint8Array);
  }
  return new WireWriter().message(typeof first === "bigint" ? 3 : 1, list);
}

/** A map with names as keys, in byte order. */
function encodeNamed<Value>(
  values: Readonly<Record<string, Value>>,
  encode: (value: Value) => WireWriter,
): WireWriter {
  const map = new WireWriter();
  for (const name of Object.keys(values).sort())
    map.message(1, new WireWriter().string(1, name).message(2, encode(values[name]!)));
  return map;
}

/** A tensorflow.Example from its features, by name in byte order. */
export const encodeExample = (features: Readonly<Record<string, FeatureValue>>): Uint8Array =>
  new WireWriter().message(1, encodeNamed(features, encodeFeature)).finish();

/** A tensorflow.SequenceExample from the features of its context, and its lists with a feature for each step. */
export function encodeSequenceExample(
  context: Readonly<Record<string, FeatureValue>>,
  lists: Readonly<Record<string, readonly FeatureValue[]>>,
): Uint8Array {
  const encodeSteps = (steps: readonly FeatureValue[]): WireWriter => {
    const list = new WireWriter();
    for (const step of steps) list.message(1, encodeFeature(step));
    return list;
  };
  return new WireWriter()
    .message(1, encodeNamed(context, encodeFeature))
    .message(2, encodeNamed(lists, encodeSteps))
    .finish();
}

function modelSpec(model: string, signature: string): WireWriter {
  const spec = new WireWriter();
  if (model !== "") spec.string(1, model);
  return spec.string(3, signature);
}

/** A serialized PredictionLog. The model name is not looked at by the server; it is there for people. */
export function encodePredictionLog(input: WarmupInput, model = ""): Uint8Array {
  const request = new WireWriter().message(1, modelSpec(model, input.signature ?? "serving_default"));
  if (input.kind === "predict") {
    for (const alias of [...input.inputs.keys()].sort()) {
      const tensor = encodeTensorProto(input.inputs.get(alias)!);
      request.message(2, new WireWriter().string(1, alias).bytes(2, tensor));
    }
    for (const alias of input.outputFilter ?? []) request.string(3, alias);
    return new WireWriter().message(6, new WireWriter().message(1, request)).finish();
  }
  const list = new WireWriter();
  for (const example of input.examples)
    list.bytes(1, example instanceof Uint8Array ? example : encodeExample(example));
  request.message(2, new WireWriter().message(1, list));
  return new WireWriter()
    .message(input.kind === "classify" ? 2 : 3, new WireWriter().message(1, request))
    .finish();
}
