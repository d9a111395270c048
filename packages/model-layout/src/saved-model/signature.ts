import { type DType, dtypeOf, type PartialShape } from "@servable/tensors";
import { type Int64, LENGTH, VARINT, WireReader } from "../wire/wire-reader.ts";

/** What all inputs and outputs of a signature have in common. */
interface TensorInfoBase {
  /** Name of the tensor, `node:index`; empty for sparse and composite ones, which Predict can't feed or fetch. */
  readonly tensor: string;
  readonly dtype: DType;
  /** A TF1 reference type (`DT_FLOAT_REF`): requests see the plain dtype. */
  readonly isRef?: true;
  /** The number as stored where TensorFlow 2.17 has no such dtype (`dtype` is then DT_INVALID). */
  readonly unknownDtype?: number;
  readonly shape: PartialShape;
}

/** TensorInfo of one alias (core/protobuf/meta_graph.proto). */
export type TensorInfo =
  | (TensorInfoBase & { readonly kind: "tensor" })
  | (TensorInfoBase & {
      readonly kind: "sparse";
      readonly values: string;
      readonly indices: string;
      readonly denseShape: string;
    })
  | (TensorInfoBase & {
      readonly kind: "composite";
      /** Enum name such as RAGGED_TENSOR_SPEC. */
      readonly typeSpecClass: string;
      readonly components: readonly TensorInfo[];
    });

/** A SignatureDef: one way to call a meta graph. Aliases are in byte order. */
export interface Signature {
  /** `tensorflow/serving/predict`, `…/classify`, `…/regress`, or whatever the exporter wrote. */
  readonly method: string;
  readonly inputs: ReadonlyMap<string, TensorInfo>;
  readonly outputs: ReadonlyMap<string, TensorInfo>;
  /** Serialized TensorProto by alias, for inputs that a request may leave out (TFS 2.14 and newer). */
  readonly defaults: ReadonlyMap<string, Uint8Array>;
}

/** Names of the tensors that Predict fetches: sparse and composite outputs have none, so a server runs nothing for them. */
export function fetchedTensors({ outputs }: Signature): string[] {
  return [...outputs.values()].flatMap(({ kind, tensor }) => (kind === "tensor" ? [tensor] : []));
}

const TYPE_SPEC_CLASSES: Readonly<Record<number, string>> = {
  0: "UNKNOWN",
  1: "SPARSE_TENSOR_SPEC",
  2: "INDEXED_SLICES_SPEC",
  3: "RAGGED_TENSOR_SPEC",
  4: "TENSOR_ARRAY_SPEC",
  5: "DATA_DATASET_SPEC",
  6: "DATA_ITERATOR_SPEC",
  7: "OPTIONAL_SPEC",
  8: "PER_REPLICA_SPEC",
  9: "VARIABLE_SPEC",
  10: "ROW_PARTITION_SPEC",
  12: "REGISTERED_TYPE_SPEC",
  13: "EXTENSION_TYPE_SPEC",
};

/** TensorShapeProto: null for unknown rank, -1 for an unknown dimension. @throws WireError */
export function readShape(reader: WireReader): PartialShape {
  const { dims, unknown } = readDims(reader);
  return unknown ? null : dims;
}

/** TensorShapeProto with its dimensions apart from the mark that its rank is unknown. @throws WireError */
export function readDims(reader: WireReader): { readonly dims: number[]; readonly unknown: boolean } {
  const dims: number[] = [];
  let unknown = false;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((2 << 3) | LENGTH)) {
      const outer = reader.enter();
      let size: Int64 = 0;
      while (!reader.done) {
        const inner = reader.tag();
        if (inner === ((1 << 3) | VARINT)) size = reader.int64();
        else if (inner === ((2 << 3) | LENGTH)) reader.skipString();
        else reader.skip(inner);
      }
      reader.leave(outer);
      dims.push(Number(size));
    } else if (tag === ((3 << 3) | VARINT)) unknown = reader.int64() !== 0;
    else reader.skip(tag);
  }
  return { dims, unknown };
}

/** TensorInfo. @throws WireError */
export function readTensorInfo(reader: WireReader, depth = 0): TensorInfo {
  let name = "";
  let number = 0;
  let shape: PartialShape = [];
  let hasShape = false;
  let sparse: { values: string; indices: string; denseShape: string } | undefined;
  let composite: { typeSpecClass: string; components: TensorInfo[] } | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        name = reader.string();
        sparse = undefined;
        composite = undefined;
        break;
      case (2 << 3) | VARINT:
        number = reader.int32();
        break;
      case (3 << 3) | LENGTH:
        shape = readShape(reader.message());
        hasShape = true;
        break;
      case (4 << 3) | LENGTH:
        sparse = readSparse(reader.message());
        composite = undefined;
        name = "";
        break;
      case (5 << 3) | LENGTH:
        composite = readComposite(reader.message(), depth);
        sparse = undefined;
        name = "";
        break;
      default:
        reader.skip(tag);
    }
  }
  const plain = number > 100 ? number - 100 : number;
  const dtype = dtypeOf(plain);
  const base = {
    tensor: name,
    dtype: dtype ?? ("DT_INVALID" as const),
    ...(number > 100 && dtype !== undefined ? { isRef: true as const } : {}),
    ...(dtype === undefined ? { unknownDtype: number } : {}),
    // An absent tensor_shape message reads as the default one: rank 0, known.
    shape: hasShape ? shape : [],
  };
  if (sparse !== undefined) return { kind: "sparse", ...base, ...sparse };
  if (composite !== undefined) return { kind: "composite", ...base, ...composite };
  return { kind: "tensor", ...base };
}

function readSparse(reader: WireReader): { values: string; indices: string; denseShape: string } {
  const sparse = { values: "", indices: "", denseShape: "" };
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) sparse.values = reader.string();
    else if (tag === ((2 << 3) | LENGTH)) sparse.indices = reader.string();
    else if (tag === ((3 << 3) | LENGTH)) sparse.denseShape = reader.string();
    else reader.skip(tag);
  }
  return sparse;
}

function readComposite(
  reader: WireReader,
  depth: number,
): { typeSpecClass: string; components: TensorInfo[] } {
  let typeSpec = 0;
  const components: TensorInfo[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) {
      const spec = reader.message();
      while (!spec.done) {
        const inner = spec.tag();
        if (inner === ((1 << 3) | VARINT)) typeSpec = spec.int32();
        else spec.skip(inner);
      }
    } else if (tag === ((2 << 3) | LENGTH)) {
      const component = reader.message();
      if (depth < 50) components.push(readTensorInfo(component, depth + 1));
    } else reader.skip(tag);
  }
  return { typeSpecClass: TYPE_SPEC_CLASSES[typeSpec] ?? String(typeSpec), components };
}

/** One entry of a map<string, message>: its key, and a reader of its value. @throws WireError */
export function readMapEntry(reader: WireReader): { key: string; value: WireReader } {
  let key = "";
  let value = new WireReader(reader.bytes, 0, 0);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) key = reader.string();
    else if (tag === ((2 << 3) | LENGTH)) value = reader.message();
    else reader.skip(tag);
  }
  return { key, value };
}

/** A new map in byte order of the keys, so that what is printed does not hang on the writer's hash order. */
export function sortedByKey<Value>(map: ReadonlyMap<string, Value>): Map<string, Value> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** SignatureDef. @throws WireError */
export function readSignature(reader: WireReader): Signature {
  let method = "";
  const inputs = new Map<string, TensorInfo>();
  const outputs = new Map<string, TensorInfo>();
  const defaults = new Map<string, Uint8Array>();
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
      case (2 << 3) | LENGTH: {
        const { key, value } = readMapEntry(reader.message());
        (tag >>> 3 === 1 ? inputs : outputs).set(key, readTensorInfo(value));
        break;
      }
      case (3 << 3) | LENGTH:
        method = reader.string();
        break;
      case (4 << 3) | LENGTH: {
        const { key, value } = readMapEntry(reader.message());
        defaults.set(key, value.bytes.subarray(value.at, value.end));
        break;
      }
      default:
        reader.skip(tag);
    }
  }
  return {
    method,
    inputs: sortedByKey(inputs),
    outputs: sortedByKey(outputs),
    defaults: sortedByKey(defaults),
  };
}
