import type { ModelVersionState, StatusCodeName } from "@servable/protos/serving-methods";
import type { DType, PartialShape, Tensor } from "@servable/tensors";

/** Which servable a request is for. Without version and label: the newest one that is available. */
export interface ModelSpec {
  readonly name: string;
  /** Only one of version and label. */
  readonly version?: bigint | number | undefined;
  readonly label?: string | undefined;
  /** Default `serving_default`. */
  readonly signature?: string | undefined;
}

/** The servable that answered, as the server says. */
export interface AnsweringModel {
  readonly name: string;
  readonly version: bigint | undefined;
  readonly signature: string;
}

/** Tensors by input or output alias. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** Request of Predict. */
export interface PredictRequest {
  readonly model: ModelSpec;
  readonly inputs: NamedTensors;
  /** Output aliases to answer with; all if empty. gRPC only. */
  readonly outputFilter?: readonly string[] | undefined;
}

export interface PredictResponse {
  readonly model: AnsweringModel;
  readonly outputs: Map<string, Tensor>;
}

/** One feature of an Example: floats, 64-bit integers or byte strings; empty for a feature without a kind. */
export type Feature =
  | { readonly floats: readonly number[] | Float32Array }
  | { readonly ints: readonly (bigint | number)[] }
  | { readonly bytes: readonly Uint8Array[] };

/** tensorflow.Example: features by name. */
export type Example = Readonly<Record<string, Feature>>;

/** Request of Classify and Regress. */
export interface ExamplesRequest {
  readonly model: ModelSpec;
  /** Examples, or serialized ones. */
  readonly examples: readonly (Example | Uint8Array)[];
  /** Features that all examples share. */
  readonly context?: Example | Uint8Array | undefined;
}

export interface ClassifyResponse {
  readonly model: AnsweringModel | undefined;
  /** Per example, its classes in the model's order. */
  readonly classifications: readonly (readonly { readonly label: string; readonly score: number }[])[];
}

export interface RegressResponse {
  readonly model: AnsweringModel | undefined;
  /** One value per example. */
  readonly regressions: readonly number[];
}

/** TensorInfo of a signature. `tensor` is the graph's tensor name, empty for composite tensors. */
export interface SignatureTensor {
  readonly tensor: string;
  readonly dtype: DType;
  /** The dtype's number on the wire: reference types (number + 100) have the dtype of their values above. */
  readonly dtypeNumber: number;
  readonly shape: PartialShape;
  /** Sparse and composite tensors take several tensors, which the Predict API does by their own aliases. */
  readonly encoding: "dense" | "sparse" | "composite";
}

export interface Signature {
  readonly method: string;
  readonly inputs: Readonly<Record<string, SignatureTensor>>;
  readonly outputs: Readonly<Record<string, SignatureTensor>>;
  /** Inputs that may be left out (signature defaults). */
  readonly defaults: readonly string[];
}

export interface ModelMetadata {
  readonly model: AnsweringModel;
  readonly signatures: Readonly<Record<string, Signature>>;
}

/** State of one version as GetModelStatus lists it. */
export interface VersionStatus {
  readonly version: bigint;
  readonly state: ModelVersionState;
  readonly errorCode: StatusCodeName;
  readonly errorMessage: string;
}

export interface ReloadResponse {
  readonly errorCode: StatusCodeName;
  readonly errorMessage: string;
  readonly metrics: readonly { readonly name: string; readonly increase: bigint }[];
}

/** gRPC health service states. */
export type HealthStatus = "UNKNOWN" | "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** Options of every call. */
export interface CallOptions {
  /** Milliseconds from now until the call is given up; the server hears of it over gRPC. Default: the client's. */
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** gRPC metadata or HTTP headers. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** PEM texts for TLS; both client parts for mutual TLS. */
export interface TlsOptions {
  /** Certificates to trust instead of the system's. */
  readonly rootCertificates?: string | Uint8Array | undefined;
  readonly clientKey?: string | Uint8Array | undefined;
  readonly clientCertificate?: string | Uint8Array | undefined;
  /**
   * Name that the server's certificate must carry, where the target's host is another. Towards this machine itself
   * (localhost, 127.0.0.1, ::1) no name is asked for unless this says one.
   */
  readonly serverName?: string | undefined;
}
