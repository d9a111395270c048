import {
  putTensorProto,
  putVarint,
  putVarint64,
  type Tensor,
  tensorProtoSize,
  varint64Size,
  varintSize,
} from "@servable/tensors";
import type {
  Example,
  ExamplesRequest,
  Feature,
  ModelSpec,
  NamedTensors,
  PredictRequest,
} from "../messages.ts";

const BYTES = 2;
const tag = (field: number): number => (field << 3) | BYTES;

/** Entries of named tensors, given either way. */
export function tensorEntries(tensors: NamedTensors): readonly (readonly [string, Tensor])[] {
  return tensors instanceof Map ? [...tensors] : Object.entries(tensors as Readonly<Record<string, Tensor>>);
}

/** Bytes of a length-delimited field with a tag of one byte. */
const delimitedSize = (length: number): number => 1 + varintSize(length) + length;

function putBytes(target: Uint8Array, offset: number, field: number, value: Uint8Array): number {
  let at = putVarint(target, offset, tag(field));
  at = putVarint(target, at, value.length);
  target.set(value, at);
  return at + value.length;
}

function concat(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

/** One length-delimited field as bytes of its own, for the small messages. */
function field(number: number, value: Uint8Array): Buffer {
  const target = Buffer.allocUnsafe(delimitedSize(value.length));
  putBytes(target, 0, number, value);
  return target;
}

const text = (number: number, value: string): Buffer => field(number, Buffer.from(value, "utf8"));

/** tensorflow.serving.ModelSpec. Version 0 is an empty Int64Value, which differs from no version. */
export function encodeModelSpec(model: ModelSpec): Buffer {
  const parts: Buffer[] = [];
  if (model.name !== "") parts.push(text(1, model.name));
  if (model.version !== undefined) {
    const version = BigInt(model.version);
    if (version === 0n) parts.push(Buffer.from([tag(2), 0]));
    else {
      const size = varint64Size(version);
      const bytes = Buffer.allocUnsafe(3 + size);
      bytes[0] = tag(2);
      bytes[1] = 1 + size;
      bytes[2] = 8;
      putVarint64(bytes, 3, version);
      parts.push(bytes);
    }
  }
  if (model.signature !== undefined && model.signature !== "") parts.push(text(3, model.signature));
  if (model.label !== undefined) parts.push(text(4, model.label));
  return concat(parts);
}

/**
 * tensorflow.serving.PredictRequest in one allocation: every input's buffer is copied once, to its place.
 * @throws TensorError for a tensor whose dtype, shape and data do not belong together.
 */
export function encodePredictRequest(request: PredictRequest): Buffer {
  const spec = encodeModelSpec(request.model);
  const inputs = tensorEntries(request.inputs).map(([alias, tensor]) => {
    const key = Buffer.from(alias, "utf8");
    const size = tensorProtoSize(tensor);
    return { key, tensor, size, entry: delimitedSize(key.length) + delimitedSize(size) };
  });
  const filter = (request.outputFilter ?? []).map((alias) => Buffer.from(alias, "utf8"));
  let total = delimitedSize(spec.length);
  for (const input of inputs) total += delimitedSize(input.entry);
  for (const alias of filter) total += delimitedSize(alias.length);

  const target = Buffer.allocUnsafe(total);
  let at = putBytes(target, 0, 1, spec);
  for (const { key, tensor, size, entry } of inputs) {
    at = putVarint(target, at, tag(2));
    at = putVarint(target, at, entry);
    at = putBytes(target, at, 1, key);
    at = putVarint(target, at, tag(2));
    at = putVarint(target, at, size);
    at = putTensorProto(target, at, tensor);
  }
  for (const alias of filter) at = putBytes(target, at, 3, alias);
  return target;
}

function encodeFeature(feature: Feature): Buffer {
  if ("floats" in feature) {
    const values = Float32Array.from(feature.floats);
    const packed = Buffer.alloc(values.length * 4);
    for (let index = 0; index < values.length; index++) packed.writeFloatLE(values[index]!, index * 4);
    return field(2, values.length === 0 ? packed : field(1, packed));
  }
  if ("ints" in feature) {
    const values = feature.ints.map(BigInt);
    const packed = Buffer.allocUnsafe(values.reduce((size, value) => size + varint64Size(value), 0));
    let at = 0;
    for (const value of values) at = putVarint64(packed, at, value);
    return field(3, values.length === 0 ? packed : field(1, packed));
  }
  return field(1, concat(feature.bytes.map((value) => field(1, value))));
}

/** tensorflow.Example, serialized; features in the order given. */
export function encodeExample(example: Example): Buffer {
  const entries = Object.entries(example).map(([name, feature]) =>
    field(1, concat([text(1, name), field(2, encodeFeature(feature))])),
  );
  return field(1, concat(entries));
}

const serialized = (example: Example | Uint8Array): Uint8Array =>
  example instanceof Uint8Array ? example : encodeExample(example);

/** ClassificationRequest and RegressionRequest: they have the same fields. */
export function encodeExamplesRequest(request: ExamplesRequest): Buffer {
  const examples = request.examples.map((example) => field(1, serialized(example)));
  const list =
    request.context === undefined
      ? field(1, concat(examples))
      : field(2, concat([...examples, field(2, serialized(request.context))]));
  return concat([field(1, encodeModelSpec(request.model)), field(2, list)]);
}

/** GetModelMetadataRequest for `signature_def`, the only field there is. */
export function encodeMetadataRequest(model: ModelSpec): Buffer {
  return concat([field(1, encodeModelSpec(model)), text(2, "signature_def")]);
}

export function encodeStatusRequest(model: ModelSpec): Buffer {
  return field(1, encodeModelSpec(model));
}

/** ReloadConfigRequest with a serialized ModelServerConfig. */
export function encodeReloadRequest(config: Uint8Array, metricNames: readonly string[]): Buffer {
  return concat([field(1, config), ...metricNames.map((name) => text(2, name))]);
}

export function encodeHealthRequest(service: string): Buffer {
  return service === "" ? Buffer.alloc(0) : text(1, service);
}
