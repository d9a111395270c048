import { schemas } from "@servable/protos/text-schema";
import { type DecodedMessage, decodeMessage } from "../wire/decode-message.ts";
import { type Int64, LENGTH, VARINT, WireReader } from "../wire/wire-reader.ts";
import { readMapEntry, readSignature, readTensorInfo, type Signature, sortedByKey } from "./signature.ts";

/** A file that the loader feeds to a tensor as `<version>/assets/<filename>`. */
export interface AssetRef {
  readonly filename: string;
  readonly tensor: string;
  /** `asset_file_def`, or the older collection `saved_model_assets`, which counts only where the former is empty. */
  readonly listedIn: "asset_file_def" | "collection saved_model_assets";
}

/** SaverDef: how variables are restored. */
export interface Saver {
  readonly filenameTensor: string;
  readonly saveTensor: string;
  readonly restoreOp: string;
  readonly sharded: boolean;
  readonly version: "LEGACY" | "V1" | "V2" | (string & {});
}

/** A CollectionDef; `values` are node names, numbers, bytes, or type URL and bytes. */
export type Collection =
  | { readonly kind: "node_list"; readonly values: readonly string[] }
  | { readonly kind: "bytes_list"; readonly values: readonly Uint8Array[] }
  | { readonly kind: "int64_list"; readonly values: readonly Int64[] }
  | { readonly kind: "float_list"; readonly values: readonly number[] }
  | {
      readonly kind: "any_list";
      readonly values: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
    }
  | { readonly kind: "none"; readonly values: readonly never[] };

/** What runs once after restore, and where it is named. */
export interface InitOp {
  readonly via:
    | "signature_def __saved_model_init_op"
    | "collection saved_model_main_op"
    | "collection legacy_init_op";
  /** Node names. */
  readonly ops: readonly string[];
}

/** Pseudo-signature that names the initialiser of a TF2 export. */
export const INIT_OP_KEY = "__saved_model_init_op";
/** Pseudo-signature that names a training step. */
export const TRAIN_OP_KEY = "__saved_model_train_op";

/** The parts of a MetaGraphDef but for the graph and the object graph, which stay on disk until asked for. */
export interface MetaGraphHeader {
  /** In byte order, as messages print them. */
  readonly tags: readonly string[];
  readonly tagsInFileOrder: readonly string[];
  readonly metaGraphVersion: string;
  readonly tensorflowVersion: string;
  readonly tensorflowGitVersion: string;
  readonly strippedDefaultAttrs: boolean;
  /** By name in byte order, pseudo-signatures (`__saved_model_init_op`) included. */
  readonly signatures: ReadonlyMap<string, Signature>;
  readonly saver: Saver | undefined;
  readonly collections: ReadonlyMap<string, Collection>;
  readonly assets: readonly AssetRef[];
  readonly initOp: InitOp | undefined;
}

const SAVER_VERSIONS = ["LEGACY", "V1", "V2"];

function readCollection(bytes: Uint8Array): Collection {
  const decoded = decodeMessage(bytes, "tensorflow.CollectionDef", schemas);
  for (const kind of ["node_list", "bytes_list", "int64_list", "float_list", "any_list"] as const) {
    const list = decoded[kind] as DecodedMessage | undefined;
    if (list === undefined) continue;
    const values = (list["value"] ?? []) as readonly unknown[];
    if (kind !== "any_list") return { kind, values } as Collection;
    return {
      kind,
      values: (values as readonly DecodedMessage[]).map((any) => ({
        typeUrl: (any["type_url"] as string | undefined) ?? "",
        value: (any["value"] as Uint8Array | undefined) ?? new Uint8Array(0),
      })),
    };
  }
  return { kind: "none", values: [] };
}

function readAsset(reader: WireReader, listedIn: AssetRef["listedIn"]): AssetRef {
  let tensor = "";
  let filename = "";
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) tensor = readTensorInfo(reader.message()).tensor;
    else if (tag === ((2 << 3) | LENGTH)) filename = reader.string();
    else reader.skip(tag);
  }
  return { filename, tensor, listedIn };
}

/** Raw fields of one MetaGraphDef, by field number, in file order. */
export interface MetaGraphParts {
  readonly metaInfo: readonly Uint8Array[];
  readonly saver: readonly Uint8Array[];
  readonly collections: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
  readonly assets: readonly Uint8Array[];
}

/** Several occurrences of a singular message field merge, which on the wire is concatenation. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What MetaInfoDef says, but for the op list, which is long and which nothing here needs. @throws WireError */
function readMetaInfo(parts: readonly Uint8Array[]): {
  tags: string[];
  metaGraphVersion: string;
  tensorflowVersion: string;
  tensorflowGitVersion: string;
  strippedDefaultAttrs: boolean;
} {
  const info = {
    tags: [] as string[],
    metaGraphVersion: "",
    tensorflowVersion: "",
    tensorflowGitVersion: "",
    strippedDefaultAttrs: false,
  };
  for (const bytes of parts) {
    const reader = new WireReader(bytes);
    while (!reader.done) {
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | LENGTH:
          info.metaGraphVersion = reader.string();
          break;
        case (4 << 3) | LENGTH:
          info.tags.push(reader.string());
          break;
        case (5 << 3) | LENGTH:
          info.tensorflowVersion = reader.string();
          break;
        case (6 << 3) | LENGTH:
          info.tensorflowGitVersion = reader.string();
          break;
        case (7 << 3) | VARINT:
          info.strippedDefaultAttrs = reader.int64() !== 0;
          break;
        default:
          reader.skip(tag);
      }
    }
  }
  return info;
}

/** @throws WireError */
function readSaver(parts: readonly Uint8Array[]): Saver | undefined {
  if (parts.length === 0) return undefined;
  const saver = { filenameTensor: "", saveTensor: "", restoreOp: "", sharded: false, version: "LEGACY" };
  for (const bytes of parts) {
    const reader = new WireReader(bytes);
    while (!reader.done) {
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | LENGTH:
          saver.filenameTensor = reader.string();
          break;
        case (2 << 3) | LENGTH:
          saver.saveTensor = reader.string();
          break;
        case (3 << 3) | LENGTH:
          saver.restoreOp = reader.string();
          break;
        case (5 << 3) | VARINT:
          saver.sharded = reader.int64() !== 0;
          break;
        case (7 << 3) | VARINT: {
          const version = reader.int32();
          saver.version = SAVER_VERSIONS[version] ?? String(version);
          break;
        }
        default:
          reader.skip(tag);
      }
    }
  }
  return saver;
}

/** Whether a map entry begins with this key, judged by its first bytes alone. */
function isKeyed(entry: Uint8Array, key: string): boolean {
  if (entry[0] !== ((1 << 3) | LENGTH) || entry[1] !== key.length) return false;
  for (let at = 0; at < key.length; at++) if (entry[at + 2] !== key.charCodeAt(at)) return false;
  return true;
}

/**
 * The header of a meta graph: tags, saver and listed assets are decoded at once, signatures and collections when they
 * are first asked for. `force` does that at once too, so that nothing throws later. Throws WireError.
 */
export class LazyHeader implements MetaGraphHeader {
  readonly tags: readonly string[];
  readonly tagsInFileOrder: readonly string[];
  readonly metaGraphVersion: string;
  readonly tensorflowVersion: string;
  readonly tensorflowGitVersion: string;
  readonly strippedDefaultAttrs: boolean;
  readonly saver: Saver | undefined;
  readonly #parts: MetaGraphParts;
  readonly #listed: readonly AssetRef[];
  #older: readonly AssetRef[] | undefined;
  #signatures: ReadonlyMap<string, Signature> | undefined;
  #collections: ReadonlyMap<string, Collection> | undefined;

  constructor(parts: MetaGraphParts) {
    const { tags, ...info } = readMetaInfo(parts.metaInfo);
    this.tagsInFileOrder = tags;
    this.tags = [...tags].sort();
    this.metaGraphVersion = info.metaGraphVersion;
    this.tensorflowVersion = info.tensorflowVersion;
    this.tensorflowGitVersion = info.tensorflowGitVersion;
    this.strippedDefaultAttrs = info.strippedDefaultAttrs;
    this.saver = readSaver(parts.saver);
    this.#listed = parts.assets.map((bytes) => readAsset(new WireReader(bytes), "asset_file_def"));
    this.#parts = parts;
  }

  get signatures(): ReadonlyMap<string, Signature> {
    if (this.#signatures === undefined) {
      const signatures = new Map<string, Signature>();
      for (const bytes of this.#parts.signatures) {
        const { key, value } = readMapEntry(new WireReader(bytes));
        signatures.set(key, readSignature(value));
      }
      this.#signatures = sortedByKey(signatures);
    }
    return this.#signatures;
  }

  get collections(): ReadonlyMap<string, Collection> {
    if (this.#collections === undefined) {
      const collections = new Map<string, Collection>();
      for (const bytes of this.#parts.collections) {
        const { key, value } = readMapEntry(new WireReader(bytes));
        collections.set(key, readCollection(value.bytes.subarray(value.at, value.end)));
      }
      this.#collections = sortedByKey(collections);
    }
    return this.#collections;
  }

  get assets(): readonly AssetRef[] {
    if (this.#listed.length > 0) return this.#listed;
    if (this.#older === undefined) {
      // Only this one collection: others stay as they are until somebody asks.
      const bytes = this.#parts.collections.find((entry) => isKeyed(entry, "saved_model_assets"));
      const { value } = bytes === undefined ? { value: undefined } : readMapEntry(new WireReader(bytes));
      const older =
        value === undefined ? undefined : readCollection(value.bytes.subarray(value.at, value.end));
      this.#older =
        older?.kind === "any_list"
          ? older.values.map((any) => readAsset(new WireReader(any.value), "collection saved_model_assets"))
          : [];
    }
    return this.#older;
  }

  /** Decodes what is left. @throws WireError */
  force(): this {
    void [this.signatures, this.assets, this.initOp];
    return this;
  }

  get initOp(): InitOp | undefined {
    return findInitOp(this.signatures, this.collections);
  }
}

/** In the order in which the C++ loader looks (cc/saved_model/loader_util.cc). */
function findInitOp(
  signatures: ReadonlyMap<string, Signature>,
  collections: ReadonlyMap<string, Collection>,
): InitOp | undefined {
  const signature = signatures.get(INIT_OP_KEY);
  if (signature !== undefined) {
    const output = signature.outputs.get(INIT_OP_KEY);
    return { via: "signature_def __saved_model_init_op", ops: output === undefined ? [] : [output.tensor] };
  }
  for (const key of ["saved_model_main_op", "legacy_init_op"] as const) {
    const collection = collections.get(key);
    if (collection !== undefined) {
      return { via: `collection ${key}`, ops: collection.kind === "node_list" ? collection.values : [] };
    }
  }
  return undefined;
}
