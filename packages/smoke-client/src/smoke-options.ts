import type { Tensor, Tolerance } from "@servable/tensors";
import type { Clock } from "./clock.ts";
import type { Example, TlsOptions } from "./messages.ts";

/** Which versions the server is meant to serve; as in the server's config. */
export type ExpectedPolicy =
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "all" }
  | { readonly kind: "specific"; readonly versions: readonly bigint[] };

/** One request with the answer it must get. */
export interface Golden {
  /** For messages, such as the file it came from. */
  readonly name?: string | undefined;
  readonly api: "predict" | "classify" | "regress";
  /** Default `serving_default`. */
  readonly signature?: string | undefined;
  /** Only for this version; default: every version that is checked. */
  readonly version?: bigint | undefined;
  /** Predict. */
  readonly inputs?: Readonly<Record<string, Tensor>> | undefined;
  readonly outputs?: Readonly<Record<string, Tensor>> | undefined;
  /** Classify, regress. */
  readonly examples?: readonly (Example | Uint8Array)[] | undefined;
  readonly classifications?:
    | readonly (readonly { readonly label: string; readonly score: number }[])[]
    | undefined;
  readonly regressions?: readonly number[] | undefined;
  /** The request must fail, with this gRPC code if it is given. */
  readonly error?: { readonly code?: string | undefined } | undefined;
  readonly tolerance?: Tolerance | undefined;
  /** The answer depends on earlier requests: sent once, over gRPC if there is a choice, and only on request. */
  readonly stateful?: boolean | undefined;
}

/** One model that the server is meant to serve. */
export interface SmokeModel {
  readonly name: string;
  /** The model's base path on this machine's disk, to compare with; without it those checks are skipped. */
  readonly basePath?: string | undefined;
  /** Default: the newest version on disk. */
  readonly policy?: ExpectedPolicy | undefined;
  /** Label to version. */
  readonly labels?: Readonly<Record<string, bigint>> | undefined;
  readonly goldens?: readonly Golden[] | undefined;
  /** JPEG or PNG files' bytes, by file name, to send to signatures that take pictures, encoded or as NHWC pixels. */
  readonly images?: Readonly<Record<string, Uint8Array>> | undefined;
  /** Tags of the meta graph that the server loads. Default [`serve`]. */
  readonly tags?: readonly string[] | undefined;
}

export interface SmokeTargets {
  /** `HOST:PORT` or `unix:PATH`. */
  readonly grpc?: string | undefined;
  /** `http://HOST:PORT`. */
  readonly rest?: string | undefined;
  /** For gRPC (and for REST where its URL is https). */
  readonly tls?: TlsOptions | undefined;
}

export interface SmokeOptions {
  readonly targets: SmokeTargets;
  readonly models: readonly SmokeModel[];
  /** Path of the Prometheus page, where the monitoring config enables it, such as `/monitoring/prometheus/metrics`. */
  readonly metricsPath?: string | undefined;
  /** Whether the gRPC health service is enabled (`--enable_grpc_healthcheck_service`). */
  readonly health?: boolean | undefined;
  /** Per request. Default 30,000 ms: the first request to a model may be slow. */
  readonly requestTimeoutMs?: number | undefined;
  /** Wait up to so long until every model is AVAILABLE before checking; default 0, not at all. */
  readonly waitMs?: number | undefined;
  /** Batch size of made-up inputs. Default 2, so that a wrong batch dimension shows. */
  readonly batch?: number | undefined;
  /** Send requests to signatures that may change the model's state too (stateful goldens, counters). Default false. */
  readonly stateful?: boolean | undefined;
  /** The server answers from signatures' shapes instead of running graphs: values are then not compared. */
  readonly syntheticAnswers?: boolean | undefined;
  /** Only checks whose id matches. */
  readonly only?: ((id: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Told of each result as it comes, for progress. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

export type CheckOutcome = "pass" | "fail" | "skip";

/** One line of a report (CLI contract, `servable smoke`). */
export interface CheckResult {
  /** `status/available` and so on. */
  readonly id: string;
  readonly model: string | null;
  /** A number, or decimal text beyond 2^53. */
  readonly version: number | string | null;
  readonly signature: string | null;
  /** Of a comparison of both: `rest`, the one that is compared with gRPC. */
  readonly transport: "grpc" | "rest";
  readonly outcome: CheckOutcome;
  /** What was seen; of a skip, why. One line, no full stop. */
  readonly message: string;
  /** Of a failure: its likely cause and what to do. */
  readonly help?: string;
  readonly durationMs: number;
}

export interface SmokeReport {
  readonly version: 1;
  readonly target: { readonly grpc: string | null; readonly rest: string | null; readonly tls: boolean };
  readonly checks: readonly CheckResult[];
  readonly summary: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly durationMs: number;
  };
  /** False where nothing could be checked as no server answered: exit code 3. */
  readonly reachable: boolean;
}
