/**
 * The resolved spec: every default that servable chooses is filled in. A field that is `undefined` (or absent) is left to
 * TensorFlow Serving's own default; `origins` says which that is. Paths stay as written: absolute, or relative to the
 * folder of the spec.
 */
export interface ResolvedSpec {
  /** The profile that was laid over the base. */
  readonly profile?: string;
  /** X.Y.Z */
  readonly tfsVersion: string;
  readonly image: ResolvedImage;
  readonly ports: { readonly grpc: ResolvedPort; readonly rest?: ResolvedPort };
  readonly grpc: ResolvedGrpc;
  readonly rest: ResolvedRest;
  readonly models: readonly ResolvedModel[];
  /**
   * `single`: one model by `--model_name` and `--model_base_path` (in the stock image by `MODEL_NAME`); `config`: a
   * models.config, needed for several models, version policies, labels and polling of the config.
   */
  readonly modelMode: "single" | "config";
  /** Absent: batching is off. */
  readonly batching?: ResolvedBatching;
  /** Some model has its own batching parameters: `--enable_per_model_batching_parameters`. */
  readonly perModelBatching: boolean;
  readonly parallelism: { readonly session?: number; readonly intraOp?: number; readonly interOp?: number };
  readonly resources: ResolvedResources;
  readonly loading: ResolvedLoading;
  readonly warmup: { readonly enabled?: boolean; readonly iterations?: number };
  readonly runtime: ResolvedRuntime;
  /** Absent: no metrics. */
  readonly monitoring?: { readonly path: string };
  readonly tls?: ResolvedTls;
  /** Each `--name=value`. */
  readonly extraFlags: readonly string[];
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Absent: no docker-run.sh. */
  readonly docker?: ResolvedDocker;
  readonly compose?: ResolvedCompose;
  readonly kubernetes?: ResolvedKubernetes;
  readonly build?: ResolvedBuild;
  readonly smoke: ResolvedSmoke;
  /** What `verify` changes of the above when it starts a server itself. */
  readonly verification: ResolvedVerification;
}

export interface ResolvedImage {
  readonly reference: string;
  readonly variant: "cpu" | "gpu";
  /** Whether it is `tensorflow/serving` of `tfsVersion`; else an own image. */
  readonly stock: boolean;
}

export interface ResolvedPort {
  /** Port inside the container. */
  readonly container: number;
  /** Port on the host; absent: not published. A server outside Docker listens on it, or on `container` without it. */
  readonly published?: number;
  /** Host address to publish on; absent: all. */
  readonly address?: string;
}

export interface ResolvedGrpc {
  readonly maxThreads?: number;
  readonly channelArguments: readonly (readonly [name: string, value: string])[];
  readonly healthService?: boolean;
  readonly profiler?: boolean;
  readonly socketPath?: string;
  readonly useAlts?: boolean;
}

export interface ResolvedRest {
  readonly numThreads?: number;
  readonly timeoutMillis?: number;
  readonly cors?: boolean;
}

/** Versions are decimal text: int64 does not fit a JavaScript number. */
export type ResolvedVersionPolicy =
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "all" }
  | { readonly kind: "specific"; readonly versions: readonly string[] };

export interface ResolvedModel {
  /** Index in the merged `models`. */
  readonly index: number;
  readonly name: string;
  /** A plain folder name for it, different from all others': the name itself where that is plain. */
  readonly folder: string;
  /** Base path on the host, as written; absent for a remote model. */
  readonly path?: string;
  /** Remote base path; absent for a local model. */
  readonly uri?: string;
  /** Base path as the server in the container sees it: the mount target, or `uri`. */
  readonly basePath: string;
  /** Absent: TensorFlow Serving's default, the latest version. */
  readonly versionPolicy?: ResolvedVersionPolicy;
  readonly labels: readonly (readonly [label: string, version: string])[];
  readonly batching?: ResolvedModelBatching;
}

export interface ResolvedModelBatching {
  readonly maxBatchSize?: number;
  readonly batchTimeoutMicros?: number;
  readonly maxEnqueuedBatches?: number;
  readonly allowedBatchSizes?: readonly number[];
  readonly padVariableLengthInputs?: boolean;
  readonly enableLargeBatchSplitting?: boolean;
  readonly maxExecutionBatchSize?: number;
}

export interface ResolvedBatching extends ResolvedModelBatching {
  readonly numBatchThreads?: number;
  readonly threadPoolName?: string;
}

export interface ResolvedResources {
  readonly cores?: number;
  readonly cpuSet?: string;
  readonly memoryMiB?: number;
  readonly gpus?: "all" | number | readonly string[];
  readonly gpuMemoryFraction?: number;
  readonly gpuAllowGrowth?: boolean;
}

export interface ResolvedLoading {
  readonly fileSystemPollSeconds?: number;
  readonly modelConfigPollSeconds?: number;
  readonly numLoadThreads?: number;
  readonly numUnloadThreads?: number;
  readonly maxLoadRetries?: number;
  readonly loadRetryIntervalMicros?: number;
  readonly flushFilesystemCaches?: boolean;
  readonly savedModelTags?: readonly string[];
  readonly allowLabelsForUnavailableModels?: boolean;
  readonly removeUnusedFieldsFromBundleMetagraph?: boolean;
  readonly preferTfliteModel?: boolean;
}

export interface ResolvedRuntime {
  readonly mixedPrecision?: string;
  readonly xlaCpu?: boolean;
  readonly xlaGpu?: boolean;
  readonly serializeAsTensorContent?: boolean;
  readonly checkSignatureMethodName?: boolean;
  readonly numTflitePools?: number;
  readonly numTfliteInterpretersPerPool?: number;
  readonly sessionConfigFile?: string;
}

/** Paths of PEM files as written. */
export interface ResolvedTls {
  readonly serverKeyFile: string;
  readonly serverCertFile: string;
  readonly customCaFile?: string;
  readonly clientVerify: boolean;
}

export interface ResolvedDocker {
  readonly name?: string;
  readonly detach: boolean;
  readonly remove: boolean;
  readonly init: boolean;
  readonly restart?: string;
  readonly user?: string;
  readonly network?: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly extraArgs: readonly string[];
}

export interface ResolvedCompose {
  readonly project?: string;
  readonly service: string;
  readonly restart: string;
  readonly healthcheck: boolean;
}

export interface ResolvedKubernetes {
  readonly name: string;
  readonly namespace?: string;
  readonly replicas: number;
  readonly modelVolume:
    | { readonly kind: "image" }
    | { readonly kind: "claim"; readonly claim: string }
    | { readonly kind: "hostPath"; readonly hostPath: string };
  readonly service: "ClusterIP" | "Headless" | "LoadBalancer" | "NodePort";
  readonly startupSeconds: number;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly annotations: readonly (readonly [name: string, value: string])[];
  readonly serviceAccount?: string;
  readonly imagePullSecrets: readonly string[];
  readonly autoscale?: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly cpuPercent: number;
  };
}

export interface ResolvedBuild {
  readonly image: string;
  readonly develImage: string;
  /** Compiler flags, each to become `--copt=`. */
  readonly copts: readonly string[];
  /** `--config=` names that the build takes: `release`, `nativeopt`. */
  readonly configs: readonly string[];
  readonly bazelOptions: readonly string[];
  readonly memoryMiB?: number;
  readonly cores?: number;
  readonly gitRef: string;
  readonly repository: string;
  readonly gpu: boolean;
}

export interface ResolvedGolden {
  readonly model: string;
  readonly signature: string;
  /** As written. */
  readonly file: string;
}

export interface ResolvedSmoke {
  readonly startupWaitSeconds: number;
  readonly deadlineMillis: number;
  readonly relativeTolerance: number;
  readonly absoluteTolerance: number;
  readonly goldens: readonly ResolvedGolden[];
}

export interface ResolvedVerification {
  readonly maxLoadRetries: number;
}
