import { WireReader } from "@servable/tensors";

/** What the server uses of a TensorInfo. `name` is empty for sparse and composite tensors. */
export interface TensorInfo {
  readonly name: string;
  /** DataType number; a reference type is 100 more. */
  readonly dtype: number;
  /** null: unknown rank; -1: unknown size. */
  readonly shape: readonly number[] | null;
}

/** A SignatureDef of a loaded version, and its bytes as GetModelMetadata answers them. */
export interface SignatureDef {
  readonly bytes: Uint8Array;
  readonly method: string;
  /** By alias, in byte order of the aliases. */
  readonly inputs: ReadonlyMap<string, TensorInfo>;
  readonly outputs: ReadonlyMap<string, TensorInfo>;
  /** Serialized TensorProtos of inputs that a request may leave out. */
  readonly defaults: ReadonlyMap<string, Uint8Array>;
}

/** @throws WireError */
export function decodeSignatureDef(bytes: Uint8Array): SignatureDef {
  const inputs = new Map<string, TensorInfo>();
  const outputs = new Map<string, TensorInfo>();
  const defaults = new Map<string, Uint8Array>();
  let method = "";
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1 || reader.field === 2) {
      const [alias, info] = entry(reader.view());
      (reader.field === 1 ? inputs : outputs).set(alias, tensorInfo(info));
    } else if (reader.field === 3) method = reader.string();
    else if (reader.field === 4) {
      const [alias, tensor] = entry(reader.view());
      defaults.set(alias, tensor);
    } else reader.skip();
  }
  return { bytes, method, inputs: sorted(inputs), outputs: sorted(outputs), defaults: sorted(defaults) };
}

export function sorted<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

function entry(bytes: Uint8Array): [string, Uint8Array] {
  const reader = new WireReader(bytes);
  let key = "";
  let value: Uint8Array = new Uint8Array(0);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) key = reader.string();
    else if (reader.field === 2 && reader.wire === 2) value = reader.view();
    else reader.skip();
  }
  return [key, value];
}

function tensorInfo(bytes: Uint8Array): TensorInfo {
  const reader = new WireReader(bytes);
  let name = "";
  let dtype = 0;
  let shape: readonly number[] | null = [];
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) name = reader.string();
    else if (reader.field === 2 && reader.wire === 0) dtype = reader.int32();
    else if (reader.field === 3 && reader.wire === 2) shape = partialShape(reader.view());
    else reader.skip();
  }
  return { name, dtype, shape };
}

function partialShape(bytes: Uint8Array): readonly number[] | null {
  const reader = new WireReader(bytes);
  const dims: number[] = [];
  let unknownRank = false;
  while (reader.next()) {
    if (reader.field === 3 && reader.wire === 0) unknownRank = reader.uint64() !== 0n;
    else if (reader.field === 2 && reader.wire === 2) {
      const dim = new WireReader(reader.view());
      let size = 0;
      while (dim.next()) {
        if (dim.field === 1 && dim.wire === 0) size = Number(dim.int64());
        else dim.skip();
      }
      dims.push(size);
    } else reader.skip();
  }
  return unknownRank ? null : dims;
}

/**
 * The signatures of the meta graph with exactly these tags in a serialized SavedModel, by name.
 * Only the parts on the way are looked at: the graph itself is skipped.
 * @throws WireError; undefined if no meta graph has the tags
 */
export function signatureDefsOf(
  savedModel: Uint8Array,
  tags: readonly string[],
): Map<string, Uint8Array> | undefined {
  const wanted = new Set(tags);
  const reader = new WireReader(savedModel);
  while (reader.next()) {
    if (reader.field !== 2 || reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const found = metaGraph(reader.view());
    if (found.tags.size === wanted.size && [...wanted].every((tag) => found.tags.has(tag)))
      return found.signatures;
  }
  return undefined;
}

function metaGraph(bytes: Uint8Array): { tags: Set<string>; signatures: Map<string, Uint8Array> } {
  const tags = new Set<string>();
  const signatures = new Map<string, Uint8Array>();
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) {
      const info = new WireReader(reader.view());
      while (info.next()) {
        if (info.field === 4 && info.wire === 2) tags.add(info.string());
        else info.skip();
      }
    } else if (reader.field === 5 && reader.wire === 2) {
      const [name, signature] = entry(reader.view());
      signatures.set(name, signature);
    } else reader.skip();
  }
  return { tags, signatures };
}
