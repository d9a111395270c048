import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type ParsedFlags, parseServerFlags } from "@servable/server-flags";
import { SharedBatchScheduler } from "./batching/shared-batch-scheduler.ts";
import { GrpcServer } from "./grpc/grpc-server.ts";
import { addReflection } from "./grpc/reflection.ts";
import { addHealthService, addModelService, addPredictionService } from "./grpc/services.ts";
import type { ServableModel } from "./inference/servable-model.ts";
import { InferenceService, type ModelCore } from "./inference-service.ts";
import { ProcessDeath } from "./lifecycle/bundle-settings.ts";
import { ConfigPoller } from "./lifecycle/config-poller.ts";
import { ServerCore } from "./lifecycle/server-core.ts";
import { type LogSink, ServerLog } from "./lifecycle/server-log.ts";
import { loadVersion, reserveVersion } from "./lifecycle/version-loader.ts";
import { Metrics } from "./metrics.ts";
import { RestApi } from "./rest/rest-api.ts";
import { RestServer } from "./rest/rest-server.ts";
import { ServerStartError } from "./start-error.ts";
import { channelArguments, credentials, monitoringConfig, threadPoolFactory } from "./start-files.ts";
import { announceFlags } from "./start-flags.ts";
import { type ModelSource, modelSource, readBundleSettings } from "./start-settings.ts";
import { StatusError, statusOf } from "./status.ts";

export type { LogStream } from "./lifecycle/server-log.ts";

/** How to start. Give either `argv` (the flags of `tensorflow_model_server`) or parsed `flags`. */
export interface StartOptions {
  readonly argv?: readonly string[];
  readonly flags?: ParsedFlags;
  /** Folder of relative paths; the process's own by default. */
  readonly cwd?: string;
  /** Lines of the server's log (stderr) and of its standard output. */
  readonly log?: LogSink;
  /** Answer with values made from a signature's shapes where its ops can't be run; such answers are marked. */
  readonly syntheticAnswers?: boolean;
  /** Ends the wait for models, and the server. */
  readonly signal?: AbortSignal;
}

export interface RunningServer {
  /** 0 where gRPC listens on a socket only. */
  readonly grpcPort: number;
  /** Undefined where REST is off or could not start. */
  readonly restPort: number | undefined;
  /** Models with their available versions, highest first. */
  models(): { readonly name: string; readonly versions: readonly bigint[] }[];
  /** Ends after the requests in flight, at the latest after `graceMs` (5000). */
  stop(graceMs?: number): Promise<void>;
}

const SERVER = "tensorflow_serving/model_servers/server.cc";
const EMULATED_VERSION = "2.17.1";

/**
 * Starts the model server as `tensorflow_model_server` 2.17.1 starts with these flags: the same checks in the same
 * order, ports opened only when all models are available.
 * @throws ServerStartError where the process would end
 */
export async function startModelServer(options: StartOptions): Promise<RunningServer> {
  const log = new ServerLog(options.log);
  const flags =
    options.flags ?? parseServerFlags(options.argv ?? [], EMULATED_VERSION, { cpus: availableParallelism() });
  announceFlags(flags, log);
  const starting = new Start(flags, resolve(options.cwd ?? "."), log, options);
  try {
    return await starting.run();
  } catch (error) {
    await starting.abandon();
    if (error instanceof ServerStartError) throw error;
    if (error instanceof ProcessDeath) {
      throw error.signal === "SIGABRT"
        ? ServerStartError.aborted(error.message)
        : ServerStartError.crashed(error.message);
    }
    if (options.signal?.aborted === true) throw error;
    const status = statusOf(error);
    const failure = ServerStartError.failed(status.code, status.message);
    for (const line of failure.stdout) log.plain(line, "stdout");
    throw failure;
  }
}

class Start {
  private readonly flags: ParsedFlags;
  private readonly cwd: string;
  private readonly log: ServerLog;
  private readonly options: StartOptions;
  private readonly abort = new AbortController();
  private core: ModelCore | undefined;
  private grpc: GrpcServer | undefined;
  private rest: RestServer | undefined;
  private poller: ConfigPoller | undefined;
  private crash: ProcessDeath | undefined;

  constructor(flags: ParsedFlags, cwd: string, log: ServerLog, options: StartOptions) {
    this.flags = flags;
    this.cwd = cwd;
    this.log = log;
    this.options = options;
  }

  async run(): Promise<RunningServer> {
    const { flags, log, cwd } = this;
    this.checkFlags();
    const source = modelSource(flags, cwd, log);
    const bundles = readBundleSettings(flags, cwd, log);
    if (source.config.kind === "custom") {
      throw ServerStartError.aborted("ModelServer does not yet support custom model config.");
    }
    for (const name of ["num_load_threads", "num_unload_threads"] as const) {
      if (flags.int(name) < 0) {
        throw ServerStartError.aborted(`Check failed: num_threads >= 1 (1 vs. ${flags.int(name)})`);
      }
    }
    const metrics = new Metrics();
    const core = this.createCore(bundles, metrics);
    this.core = core;
    const service = new InferenceService(core, metrics, flags.bool("enable_signature_method_name_check"));
    const { signal } = this.options;
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => this.abort.abort(signal.reason), { once: true });
    await this.firstLoad(core, source);
    this.startPolling(core, source);
    threadPoolFactory(flags, cwd, log);
    const grpcPort = await this.startGrpc(service);
    const restPort = await this.startRest(service);
    return {
      grpcPort,
      restPort,
      models: () => core.manager.names().map((name) => ({ name, versions: core.manager.available(name) })),
      stop: (graceMs = 5000) => this.stop(graceMs),
    };
  }

  private checkFlags(): void {
    const { flags } = this;
    if (flags.bool("use_alts_credentials") && flags.string("ssl_config_file") !== "") {
      throw new StatusError(
        "INVALID_ARGUMENT",
        "Either use_alts_credentials must be false or ssl_config_file must be empty.",
      );
    }
    if (flags.string("model_base_path") === "" && flags.string("model_config_file") === "") {
      throw new StatusError(
        "INVALID_ARGUMENT",
        "Both server_options.model_base_path and server_options.model_config_file are empty!",
      );
    }
  }

  private createCore(bundles: ReturnType<typeof readBundleSettings>, metrics: Metrics): ModelCore {
    const { flags, log, options } = this;
    const retries = flags.int("max_num_load_retries");
    const scheduler = new SharedBatchScheduler(bundles.batchThreads ?? availableParallelism());
    const core: ModelCore = new ServerCore<ServableModel>({
      log,
      reserve: reserveVersion,
      load: async (name, _version, path, signal) => {
        try {
          return await loadVersion(
            name,
            path,
            {
              log,
              metrics,
              syntheticAnswers: options.syntheticAnswers === true,
              checkMethodNames: flags.bool("enable_signature_method_name_check"),
              scheduler,
              mixedPrecision: flags.string("mixed_precision"),
              xla: flags.bool("xla_cpu_compilation_enabled") || flags.bool("xla_gpu_compilation_enabled"),
              settingsOf: (model) => bundles.settingsOf(core.platformOf(model)),
            },
            signal,
          );
        } catch (error) {
          // At start the process would be gone now; the wait for models ends with that.
          if (error instanceof ProcessDeath && this.grpc === undefined) {
            this.crash = error;
            this.abort.abort(error);
          }
          throw error;
        }
      },
      platforms: bundles.platforms,
      createAdapters: bundles.createAdapters,
      allowLabelsForUnavailable: flags.bool("allow_version_labels_for_unavailable_models"),
      fileSystemPollSeconds: flags.int("file_system_poll_wait_seconds"),
      // Cast to unsigned there: -1 comes out as no retry, lower ones as practically endless.
      maxNumLoadRetries: retries === -1 ? 0 : retries < -1 ? 2 ** 32 + retries : retries,
      loadRetryIntervalMicros: Number(flags.int64("load_retry_interval_micros")),
      numLoadThreads: flags.int("num_load_threads"),
      signal: this.abort.signal,
    });
    return core;
  }

  private async firstLoad(core: ModelCore, source: ModelSource): Promise<void> {
    try {
      await core.reload(source.config);
    } catch (error) {
      throw this.crash ?? error;
    }
  }

  private startPolling(core: ModelCore, source: ModelSource): void {
    const seconds = this.flags.int("model_config_file_poll_wait_seconds");
    if (seconds <= 0 || source.file === undefined) return;
    this.poller = new ConfigPoller(core, source.file, seconds, this.log);
    this.poller.start();
  }

  private async startGrpc(service: InferenceService): Promise<number> {
    const { flags, log } = this;
    const security = credentials(flags, this.cwd, log);
    const arguments_ = channelArguments(flags);
    const maxThreads = flags.int("grpc_max_threads");
    const grpc = new GrpcServer({ maxThreads, channelArguments: arguments_ });
    addPredictionService(grpc, service, {
      tensorContent: flags.bool("enable_serialization_as_tensor_content"),
    });
    addModelService(grpc, service, log);
    const services = ["tensorflow.serving.ModelService", "tensorflow.serving.PredictionService"];
    const health = flags.bool("enable_grpc_healthcheck_service");
    if (health) {
      addHealthService(grpc, () => new StatusError("NOT_FOUND", "service name unknown"));
      services.push("grpc.health.v1.Health");
    }
    addReflection(grpc, services);
    this.grpc = grpc;
    const given = flags.int("port");
    const failed = (): ServerStartError => {
      // The health service is set up on the server that is not there.
      if (health)
        return ServerStartError.crashed("the gRPC server could not start, and the health service needs it");
      return ServerStartError.failed("INVALID_ARGUMENT", "Failed to BuildAndStart gRPC server");
    };
    if (security === undefined || given < 0) throw this.announced(failed());
    const socket = flags.string("grpc_socket_path");
    // The longest path that a socket's address holds.
    if (Buffer.byteLength(socket) > 107) throw this.announced(failed());
    try {
      // Port 0 takes a free port, which is ours alone; beside a socket it means no port, as with the server.
      const port = given === 0 && socket !== "" ? 0 : await grpc.bind(`0.0.0.0:${given % 65536}`, security);
      if (socket !== "") {
        const path = resolve(this.cwd, socket);
        await grpc.bind(`unix:${path}`, security);
      }
      // gRPC makes its threads once it has all its ports.
      if (maxThreads === 0) {
        throw ServerStartError.aborted(
          "No thread quota available to even create the minimum required polling threads (i.e 1). Unable to start the thread manager",
        );
      }
      if (socket !== "") {
        log.info(`${SERVER}:420`, `Running gRPC ModelServer at UNIX socket unix:${socket} ...`);
      }
      if (port !== 0) {
        log.info(`${SERVER}:423`, `Running gRPC ModelServer at 0.0.0.0:${given === 0 ? port : given} ...`);
      }
      return port;
    } catch (error) {
      if (error instanceof ServerStartError) throw error;
      log.plain((error as Error).message, "stderr");
      throw this.announced(failed());
    }
  }

  private announced(failure: ServerStartError): ServerStartError {
    for (const line of failure.stdout) this.log.plain(line, "stdout");
    return failure;
  }

  /** REST opens last; what keeps it from opening does not end the server. */
  private async startRest(service: InferenceService): Promise<number | undefined> {
    const { flags, log } = this;
    const given = flags.int("rest_api_port");
    const anyPort = given === 0 && flags.given("rest_api_port") !== undefined;
    if (given === 0 && !anyPort) return undefined;
    if (given === flags.int("port") && given !== 0) {
      log.error(
        `${SERVER}:449`,
        "server_options.http_port cannot be same as grpc_port. Please use a different port for HTTP/REST API. Skipped exporting HTTP/REST API.",
      );
      return undefined;
    }
    let metricsPath: string | undefined;
    try {
      metricsPath = monitoringConfig(flags, this.cwd, log);
    } catch (error) {
      // The server goes on with gRPC alone, and polls its configuration no more.
      this.poller?.stop();
      const status = statusOf(error);
      log.plain(`Failed to start server. Error: ${status.quoted}`, "stdout");
      return undefined;
    }
    const threads = flags.int("rest_api_num_threads");
    if (threads < 1) throw ServerStartError.aborted(`Check failed: num_threads >= 1 (1 vs. ${threads})`);
    const api = new RestApi({
      service,
      timeoutMs: flags.int("rest_api_timeout_in_ms"),
      cors: flags.bool("rest_api_enable_cors_support"),
      metricsPath,
      answersRequests: threads > 1,
    });
    const rest = new RestServer((request, path, whole) => api.handle(request, path, whole));
    try {
      const port = await rest.listen(((given % 65536) + 65536) % 65536);
      this.rest = rest;
      log.info(`${SERVER}:444`, `Exporting HTTP/REST API at:localhost:${anyPort ? port : given} ...`);
      return port;
    } catch {
      log.plain(`[evhttp_server.cc : 234] NET_LOG: Couldn't bind to port ${given}`, "stderr");
      log.error(`${SERVER}:447`, `Failed to start HTTP Server at localhost:${given}`);
      return undefined;
    }
  }

  private async stop(graceMs: number): Promise<void> {
    this.poller?.stop();
    await Promise.all([this.grpc?.stop(graceMs), this.rest?.stop(graceMs)]);
    this.abort.abort(new Error("the server was stopped"));
    await this.core?.stop();
  }

  /** Undoes a start that failed. */
  async abandon(): Promise<void> {
    await this.stop(0).catch(() => {});
  }
}
