import type { ChannelOptions, Client, ClientUnaryCall, ServiceError } from "@grpc/grpc-js";
import { SERVING_METHODS } from "@servable/protos/serving-methods";
import { TensorError } from "@servable/tensors";
import { isLoopback } from "../host-and-port.ts";
import type {
  CallOptions,
  ClassifyResponse,
  ExamplesRequest,
  HealthStatus,
  ModelMetadata,
  ModelSpec,
  PredictRequest,
  PredictResponse,
  RegressResponse,
  ReloadResponse,
  TlsOptions,
  VersionStatus,
} from "../messages.ts";
import { ServingError } from "../serving-error.ts";
import {
  decodeClassificationResponse,
  decodePredictResponse,
  decodeRegressionResponse,
} from "./decode-inference.ts";
import {
  decodeHealthResponse,
  decodeMetadataResponse,
  decodeReloadResponse,
  decodeStatusResponse,
} from "./decode-model.ts";
import {
  encodeExamplesRequest,
  encodeHealthRequest,
  encodeMetadataRequest,
  encodePredictRequest,
  encodeReloadRequest,
  encodeStatusRequest,
} from "./encode-messages.ts";
import { grpcError } from "./grpc-error.ts";

/** Where and how to reach the gRPC port of a model server. */
export interface GrpcClientOptions {
  /** `HOST:PORT`, `[IPv6]:PORT`, or `unix:PATH` for a UNIX socket. */
  readonly target: string;
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds for calls without a deadline of their own. Default 30,000; 0 for none. */
  readonly deadlineMs?: number | undefined;
  /** Largest answer to take. Default: no limit (gRPC's own default of 4 MiB is too small for image batches). */
  readonly maxReceiveBytes?: number | undefined;
  /** Further gRPC channel options, such as `grpc.keepalive_time_ms`. */
  readonly channelOptions?: Readonly<Record<string, string | number>> | undefined;
}

/** The unary calls of a model server. Every failure is a ServingError, bad tensors are a TensorError. */
export interface ServingGrpcClient {
  readonly target: string;
  predict(request: PredictRequest, options?: CallOptions): Promise<PredictResponse>;
  classify(request: ExamplesRequest, options?: CallOptions): Promise<ClassifyResponse>;
  regress(request: ExamplesRequest, options?: CallOptions): Promise<RegressResponse>;
  getModelMetadata(model: ModelSpec, options?: CallOptions): Promise<ModelMetadata>;
  /** Versions in the server's order: descending. */
  getModelStatus(model: ModelSpec, options?: CallOptions): Promise<VersionStatus[]>;
  /** `config` is a serialized tensorflow.serving.ModelServerConfig. It replaces the server's whole configuration. */
  reloadConfig(
    config: Uint8Array,
    options?: CallOptions & { metricNames?: readonly string[] },
  ): Promise<ReloadResponse>;
  /** `service` "" for the whole server, or "PredictionService", "ModelService". */
  healthCheck(service: string, options?: CallOptions): Promise<HealthStatus>;
  /** Any unary method with messages as bytes. */
  call(path: string, request: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  close(): void;
}

type Grpc = typeof import("./grpc-js.ts");

const identity = (bytes: Buffer): Buffer => bytes;
const DEFAULT_DEADLINE_MS = 30_000;

function pem(value: string | Uint8Array | undefined): Buffer | null {
  if (value === undefined) return null;
  return typeof value === "string" ? Buffer.from(value) : Buffer.from(value);
}

function connect(
  GrpcClient: Grpc["Client"],
  grpcCredentials: Grpc["credentials"],
  options: GrpcClientOptions,
): Client {
  const { tls } = options;
  // a certificate is for the name that clients use, which on the server's own machine can't be used: there the chain is
  // checked, not the name (nor is an IP address sent as name, which TLS forbids)
  const serverName = tls?.serverName;
  const anyName = tls !== undefined && serverName === undefined && isLoopback(options.target);
  const name = serverName ?? (anyName ? "localhost" : undefined);
  const credentials =
    tls === undefined
      ? grpcCredentials.createInsecure()
      : grpcCredentials.createSsl(
          pem(tls.rootCertificates),
          pem(tls.clientKey),
          pem(tls.clientCertificate),
          anyName ? { checkServerIdentity: () => undefined } : {},
        );
  const channelOptions: ChannelOptions = {
    "grpc.max_receive_message_length": options.maxReceiveBytes ?? -1,
    "grpc.max_send_message_length": -1,
    // a server that is still starting is asked again soon: the back-off of up to two minutes is for crowds
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.service_config_disable_resolution": 1,
    "grpc.enable_retries": 0,
    // a smoke check speaks to the server itself, also where a proxy is set in the environment
    "grpc.enable_http_proxy": 0,
    "grpc.use_local_subchannel_pool": 1,
    ...(name === undefined ? {} : { "grpc.ssl_target_name_override": name, "grpc.default_authority": name }),
    ...options.channelOptions,
  };
  return new GrpcClient(options.target, credentials, channelOptions);
}

/**
 * A lean client: messages are encoded and decoded by hand, each input's buffer is copied once. @grpc/grpc-js is loaded
 * at the first call. Close it when done; calls under way then fail.
 */
export function createGrpcClient(options: GrpcClientOptions): ServingGrpcClient {
  const { target } = options;
  let connection: Promise<{ Metadata: Grpc["Metadata"]; client: Client }> | undefined;
  let closed = false;

  const open = (): Promise<{ Metadata: Grpc["Metadata"]; client: Client }> => {
    connection ??= import("./grpc-js.ts").then(({ Client, credentials, Metadata }) => ({
      Metadata,
      client: connect(Client, credentials, options),
    }));
    return connection;
  };

  async function call(path: string, request: Uint8Array, callOptions: CallOptions = {}): Promise<Buffer> {
    if (closed)
      throw new ServingError({
        code: "CANCELLED",
        details: "the client is closed",
        transport: "grpc",
        target,
      });
    callOptions.signal?.throwIfAborted();
    const { Metadata, client } = await open();
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(callOptions.metadata ?? {})) metadata.set(key, value);
    const deadlineMs = callOptions.deadlineMs ?? options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const started = Date.now();
    const bytes = Buffer.from(request.buffer, request.byteOffset, request.byteLength);
    return new Promise((resolve, reject) => {
      let onAbort: (() => void) | undefined;
      const done = (error: ServiceError | null, response?: Buffer): void => {
        if (onAbort !== undefined) callOptions.signal?.removeEventListener("abort", onAbort);
        if (error === null && response !== undefined) resolve(response);
        else if (callOptions.signal?.aborted === true) reject(callOptions.signal.reason);
        else
          reject(
            grpcError(error, {
              target,
              tls: options.tls !== undefined,
              deadlineMs,
            }),
          );
      };
      let unary: ClientUnaryCall;
      try {
        unary = client.makeUnaryRequest(
          path,
          identity,
          identity,
          bytes,
          metadata,
          deadlineMs > 0 ? { deadline: started + deadlineMs } : {},
          done,
        );
      } catch (error) {
        reject(grpcError(error, { target, tls: options.tls !== undefined, deadlineMs }));
        return;
      }
      if (callOptions.signal !== undefined) {
        onAbort = () => unary.cancel();
        callOptions.signal.addEventListener("abort", onAbort, { once: true });
      }
    });
  }

  /** An answer that can't be read is the server's fault, not the caller's. */
  function read<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
    try {
      return decode(bytes);
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      throw new ServingError({
        code: "INTERNAL",
        details: `the answer can't be read: ${error.message}`,
        transport: "grpc",
        target,
        cause: error,
      });
    }
  }

  return {
    target,
    call,
    predict: async (request, callOptions) =>
      read(
        decodePredictResponse,
        await call(SERVING_METHODS.predict, encodePredictRequest(request), callOptions),
      ),
    classify: async (request, callOptions) =>
      read(
        decodeClassificationResponse,
        await call(SERVING_METHODS.classify, encodeExamplesRequest(request), callOptions),
      ),
    regress: async (request, callOptions) =>
      read(
        decodeRegressionResponse,
        await call(SERVING_METHODS.regress, encodeExamplesRequest(request), callOptions),
      ),
    getModelMetadata: async (model, callOptions) =>
      read(
        decodeMetadataResponse,
        await call(SERVING_METHODS.getModelMetadata, encodeMetadataRequest(model), callOptions),
      ),
    getModelStatus: async (model, callOptions) =>
      read(
        decodeStatusResponse,
        await call(SERVING_METHODS.getModelStatus, encodeStatusRequest(model), callOptions),
      ),
    reloadConfig: async (config, callOptions) =>
      read(
        decodeReloadResponse,
        await call(
          SERVING_METHODS.handleReloadConfigRequest,
          encodeReloadRequest(config, callOptions?.metricNames ?? []),
          callOptions,
        ),
      ),
    healthCheck: async (service, callOptions) =>
      read(
        decodeHealthResponse,
        await call(SERVING_METHODS.healthCheck, encodeHealthRequest(service), callOptions),
      ),
    close() {
      closed = true;
      connection?.then(
        ({ client }) => client.close(),
        () => {},
      );
    },
  };
}
