import type { TensorJson } from "@servable/tensors";
import type { LogType } from "../warmup/prediction-log.ts";
import type { Json } from "../wire/proto-json.ts";

/** 64-bit number: decimal string beyond 2^53. */
export type JsonInt64 = number | string;

/** An input or output of a signature. `shape`: null for unknown rank, -1 for an unknown dimension. */
export interface InspectTensor {
  readonly kind: "tensor" | "coo_sparse" | "composite_tensor";
  /** Tensor name; empty for sparse and composite ones. */
  readonly tensor: string;
  readonly dtype: string;
  readonly shape: readonly number[] | null;
  readonly values?: string;
  readonly indices?: string;
  readonly denseShape?: string;
  readonly typeSpecClass?: string;
  readonly components?: readonly InspectTensor[];
}

/** A SignatureDef; inputs and outputs by alias. */
export interface InspectSignature {
  readonly method: string;
  readonly inputs: Readonly<Record<string, InspectTensor>>;
  readonly outputs: Readonly<Record<string, InspectTensor>>;
  /** Default values of inputs that a request may leave out. */
  readonly defaults?: Readonly<Record<string, TensorJson | { readonly error: string }>>;
}

/** A collection of a meta graph (TF1), such as `variables`. */
export interface InspectCollection {
  readonly kind: string;
  readonly count: number;
  /** Node names, where it is a list of these. */
  readonly values?: readonly string[];
}

/** A meta graph of a SavedModel, with its graph counted. */
export interface InspectMetaGraph {
  /** In byte order. */
  readonly tags: readonly string[];
  readonly tagsInFileOrder: readonly string[];
  readonly signatures: Readonly<Record<string, InspectSignature>>;
  readonly tensorflowVersion: string;
  readonly metaGraphVersion: string;
  readonly strippedDefaultAttrs: boolean;
  readonly graphProducer: number;
  readonly graphMinConsumer: number;
  readonly nodeCount: number;
  readonly functionCount: number;
  /** Occurrences in nodes and functions. */
  readonly ops: Readonly<Record<string, number>>;
  readonly placeholders: readonly string[];
  readonly collections: Readonly<Record<string, InspectCollection>>;
  readonly assets: readonly {
    readonly filename: string;
    readonly tensor: string;
    readonly listedIn: string;
  }[];
  readonly initOp: { readonly via: string; readonly ops: readonly string[] } | null;
  readonly saver: {
    readonly filenameTensor: string;
    readonly restoreOp: string;
    readonly sharded: boolean;
    readonly version: string;
  } | null;
  /** Objects of the TF2 object graph; 0 without one. */
  readonly objectGraphNodes: number;
  /** Bytes of the serialized graph. */
  readonly graphBytes: number;
}

/** An entry of variables.index: a variable, the object graph, or a slice of a partitioned variable. Sizes and offsets in bytes. */
export interface InspectVariable {
  /** One of key and keyHex: the latter for a key that is not text. */
  readonly key?: string;
  readonly keyHex?: string;
  readonly dtype: string;
  readonly shape: readonly number[] | null;
  readonly shard: number;
  readonly offset: JsonInt64;
  readonly size: JsonInt64;
  /** Masked, as stored. */
  readonly crc32c: number;
  readonly slices?: readonly (readonly { readonly start: number; readonly length: number }[])[];
  /** Lengths of the elements of a string tensor of up to 1000 elements. */
  readonly stringLengths?: readonly number[];
}

/** All that is known of one version directory. */
export interface InspectVersion {
  /** null for a SavedModel that lies outside of a version directory. */
  readonly version: JsonInt64 | null;
  readonly directory: string;
  readonly path: string;
  /** The platform that serves it; null where there is nothing that the server could load. */
  readonly platform: "tensorflow" | "tflite" | null;
  /** Bytes of all files. */
  readonly sizeBytes: number;
  /** `export.meta`: a Session Bundle from before SavedModel, which no server of today loads. */
  readonly format: "saved_model.pb" | "saved_model.pbtxt" | "model.tflite" | "export.meta" | null;
  readonly schemaVersion: JsonInt64 | null;
  readonly metaGraphs: readonly InspectMetaGraph[];
  readonly variables: readonly InspectVariable[];
  readonly variablesHeader: {
    readonly numShards: number;
    readonly endianness: string;
    readonly versionProducer: number;
    readonly versionMinConsumer: number;
  } | null;
  readonly indexLayout: {
    readonly dataBlocks: readonly {
      readonly offset: number;
      readonly size: number;
      readonly compression: string;
    }[];
    readonly metaindex: { readonly offset: number; readonly size: number };
    readonly index: { readonly offset: number; readonly size: number };
    readonly fileSize: number;
  } | null;
  readonly shards: readonly { readonly file: string; readonly size: number | null }[];
  /** Names of the files that the serving meta graph (the first with tag `serve`, else the first) wants below assets/. */
  readonly assets: readonly string[];
  readonly assetsOnDisk: readonly string[];
  readonly warmup: {
    readonly records: number;
    readonly logs: readonly { readonly type: LogType | null; readonly size: number; readonly log: Json }[];
  } | null;
  readonly fingerprint: {
    readonly savedModelChecksum: string;
    readonly graphDefProgramHash: string;
    readonly signatureDefHash: string;
    readonly savedObjectGraphHash: string;
    readonly checkpointHash: string;
    readonly versionProducer: number;
  } | null;
  readonly tensorflowVersion: string | null;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** keras_metadata.pb is there (legacy Keras; the server ignores it). */
  readonly kerasMetadata: boolean;
  readonly tflite: {
    readonly inputs: readonly {
      readonly name: string;
      readonly dtype: string;
      readonly shape: readonly number[] | null;
    }[];
    readonly outputs: readonly {
      readonly name: string;
      readonly dtype: string;
      readonly shape: readonly number[] | null;
    }[];
    readonly signatures: Readonly<Record<string, InspectSignature>>;
  } | null;
  /** Outcome of `--verify-checksums`. */
  readonly checksums?: {
    readonly verified: number;
    readonly faults: readonly { readonly file: string; readonly key?: string; readonly message: string }[];
  };
  /** What could not be read. */
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

/** A model and its versions, as the server would discover them. */
export interface InspectModel {
  readonly name: string;
  readonly path: string;
  /** Why the base path can't be listed, so that nothing is known of its versions. */
  readonly problem?: string;
  readonly versions: readonly InspectVersion[];
}

/** `servable inspect --format json` (CLI contract, with more detail). */
export interface InspectReport {
  readonly models: readonly InspectModel[];
}
