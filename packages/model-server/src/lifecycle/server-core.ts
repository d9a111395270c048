import type { ModelFileSystem } from "@servable/model-layout";
import { invalidArgument, StatusError } from "../status.ts";
import type { ModelSpec } from "../wire/requests.ts";
import type { VersionStatus } from "../wire/responses.ts";
import {
  AspiredVersionsManager,
  type Loaded,
  type Loader,
  type Reserver,
} from "./aspired-versions-manager.ts";
import type { ModelConfig, ModelServerConfig } from "./model-server-config.ts";
import type { ServerLog } from "./server-log.ts";
import { StateMonitor, VERSION_STATES, type VersionRecord } from "./state-monitor.ts";
import { StoragePathSource } from "./storage-path-source.ts";

const SOURCE = "tensorflow_serving/model_servers/server_core.cc";

export interface ServerCoreOptions<T extends Loaded> {
  readonly log: ServerLog;
  readonly load: Loader<T>;
  readonly reserve: Reserver;
  /** Platforms of the platform map: `tensorflow` unless a platform file says otherwise. */
  readonly platforms: ReadonlySet<string>;
  /** Called once, when the first models are about to be added. @throws StatusError */
  readonly createAdapters: () => void;
  readonly allowLabelsForUnavailable: boolean;
  readonly fileSystemPollSeconds: number;
  readonly maxNumLoadRetries: number;
  readonly loadRetryIntervalMicros: number;
  readonly numLoadThreads: number;
  readonly signal: AbortSignal;
  readonly fs?: ModelFileSystem;
}

/** A version chosen for a request; `release` when the request is done. */
export interface ServableHandle<T> {
  readonly name: string;
  readonly version: bigint;
  readonly servable: T;
  release(): void;
}

/** Models, their configuration and their labels (ServerCore). */
export class ServerCore<T extends Loaded> {
  readonly monitor = new StateMonitor();
  readonly manager: AspiredVersionsManager<T>;
  private readonly options: ServerCoreOptions<T>;
  private readonly source: StoragePathSource;
  private config: ModelServerConfig = { kind: "unset" };
  private labels: ReadonlyMap<string, ReadonlyMap<string, bigint>> | undefined;
  private sourceStarted = false;
  private lock: Promise<void> = Promise.resolve();

  constructor(options: ServerCoreOptions<T>) {
    this.options = options;
    this.manager = new AspiredVersionsManager<T>({
      monitor: this.monitor,
      log: options.log,
      load: options.load,
      reserve: options.reserve,
      maxNumLoadRetries: options.maxNumLoadRetries,
      loadRetryIntervalMicros: options.loadRetryIntervalMicros,
      numLoadThreads: options.numLoadThreads,
    });
    this.source = new StoragePathSource({
      pollSeconds: options.fileSystemPollSeconds,
      log: options.log,
      callback: (name, versions) => this.manager.setAspired(name, versions),
      ...(options.fs === undefined ? {} : { fs: options.fs }),
    });
  }

  /** Platform of a configured model. */
  platformOf(name: string): string {
    const models = this.config.kind === "list" ? this.config.models : [];
    const model = models.find((candidate) => candidate.name === name);
    return model === undefined ? "tensorflow" : platformOf(model);
  }

  async stop(): Promise<void> {
    this.source.stop();
    await this.manager.stop();
  }

  /**
   * Takes a new configuration; calls wait for one another. Settles when every newly named model has an available
   * version. @throws StatusError
   */
  reload(config: ModelServerConfig): Promise<void> {
    const done = this.lock.then(() => this.apply(config));
    this.lock = done.catch(() => {});
    return done;
  }

  private async apply(next: ModelServerConfig): Promise<void> {
    const { log } = this.options;
    if (this.config.kind !== "unset" && this.config.kind !== next.kind) {
      throw new StatusError(
        "FAILED_PRECONDITION",
        "Cannot transition to requested config. It is only legal to transition from one ModelConfigList to another.",
      );
    }
    if (next.kind === "unset") {
      log.info(`${SOURCE}:458`, "Taking no action for empty config.");
      return;
    }
    if (next.kind === "custom") throw new Error("ModelServer does not yet support custom model config.");
    validateList(next.models);
    if (this.config.kind === "list") validateNoPlatformChange(this.config.models, next.models);
    this.config = next;
    this.updateLabels(next.models);
    log.info(`${SOURCE}:474`, "Adding/updating models.");
    await this.addModels(next.models);
    log.info(`${SOURCE}:495`, "Finished adding/updating models");
    if (next.models.some(({ hasLoggingConfig }) => hasLoggingConfig)) {
      throw invalidArgument("No request-logger-creator provided.");
    }
  }

  private updateLabels(models: readonly ModelConfig[]): void {
    const labels = new Map<string, Map<string, bigint>>();
    for (const model of models) {
      for (const [label, version] of model.labels) {
        const available = this.monitor.get(model.name, version)?.state === "AVAILABLE";
        if (!available) {
          const present = this.labels?.get(model.name)?.get(label);
          const allowed =
            this.options.allowLabelsForUnavailable && (present === undefined || present === version);
          if (!allowed) {
            throw new StatusError(
              "FAILED_PRECONDITION",
              `Request to assign label to version ${version} of model ${model.name}, which is not currently available for inference`,
            );
          }
        }
        const ofModel = labels.get(model.name) ?? new Map<string, bigint>();
        ofModel.set(label, version);
        labels.set(model.name, ofModel);
      }
    }
    this.labels = labels;
  }

  private async addModels(models: readonly ModelConfig[]): Promise<void> {
    const { log, platforms, signal } = this.options;
    for (const model of models) {
      const platform = platformOf(model, log);
      if (!platforms.has(platform)) {
        throw invalidArgument(`Model ${model.name} requests unsupported platform ${platform}`);
      }
    }
    const first = !this.sourceStarted;
    if (first) this.options.createAdapters();
    const known = new Set(this.source.watched().map(({ name }) => name));
    for (const { name } of models) log.info(`${SOURCE}:603`, ` (Re-)adding model: ${name}`);
    const added = models.map(({ name }) => name).filter((name) => first || !known.has(name));
    const waiting = this.monitor.waitUntilDecided(added, signal);
    waiting.catch(() => {});
    this.source.update(models.map(({ name, basePath, policy }) => ({ name, basePath, policy })));
    if (first) {
      this.sourceStarted = true;
      this.source.start();
    }
    const decided = await waiting;
    if (first) {
      await this.manager.endInitialLoad();
      this.preferEarlyFailures(decided);
    }
    const failed = [...decided].filter(([, { state }]) => state !== "AVAILABLE");
    if (failed.length > 0) {
      const list = failed
        .map(([name, { version, error }]) => {
          const reason = error === undefined ? "" : ` due to error: ${error.quoted}`;
          return `{{name: ${name} version: ${version}}${reason}}, `;
        })
        .join("");
      const what = first ? "servable(s)" : "model(s)";
      throw new StatusError("UNKNOWN", `${failed.length} ${what} did not become available: {${list}}`);
    }
  }

  /**
   * The wait for the first models ends with the first version of a model that is available or has ended. Without retries
   * a version that can't be loaded ends before a good one is there, so it decides.
   */
  private preferEarlyFailures(decided: Map<string, VersionRecord>): void {
    if (this.options.maxNumLoadRetries > 0) return;
    for (const name of decided.keys()) {
      const failed = this.monitor
        .versions(name)
        .find(({ state, error }) => state === "END" && error !== undefined);
      if (failed !== undefined) decided.set(name, failed);
    }
  }

  /** The version that a request's ModelSpec means. @throws StatusError */
  resolve(spec: ModelSpec): ServableHandle<T> {
    if (spec.name === "") throw invalidArgument("ModelSpec has no name specified.");
    let { version } = spec;
    if (spec.label !== undefined) {
      if (this.labels === undefined) {
        throw new StatusError("UNAVAILABLE", `Model labels does not init yet.${spec.label}`);
      }
      version = this.labels.get(spec.name)?.get(spec.label);
      if (version === undefined) throw invalidArgument(`Unrecognized servable version label: ${spec.label}`);
    }
    const found = this.manager.acquire(spec.name, version);
    if (found === undefined) {
      const wanted = version === undefined ? `Latest(${spec.name})` : `Specific(${spec.name}, ${version})`;
      throw new StatusError("NOT_FOUND", `Servable not found for request: ${wanted}`);
    }
    return { name: spec.name, ...found };
  }

  /** GetModelStatus: labels are not looked at. @throws StatusError */
  status(spec: ModelSpec): VersionStatus[] {
    const versions = this.monitor.versions(spec.name);
    const chosen =
      spec.version === undefined ? versions : versions.filter(({ version }) => version === spec.version);
    if (chosen.length === 0) {
      throw new StatusError(
        "NOT_FOUND",
        spec.version === undefined
          ? `Could not find any versions of model ${spec.name}`
          : `Could not find version ${spec.version} of model ${spec.name}`,
      );
    }
    return chosen.map(({ version, state, error }) => ({
      version,
      state: VERSION_STATES[state],
      code: error?.code ?? "OK",
      message: error?.message ?? "",
    }));
  }
}

function validateList(models: readonly ModelConfig[]): void {
  const names = new Set<string>();
  for (const { name } of models) {
    if (names.has(name)) throw invalidArgument(`Illegal to list model ${name} multiple times in config list`);
    names.add(name);
  }
  for (const { name, basePath } of models) {
    if (basePath.startsWith("/") || /^[a-zA-Z][0-9a-zA-Z.]*:\/\//.test(basePath)) continue;
    throw invalidArgument(
      `Expected model ${name} to have an absolute path or URI; got base_path()=${basePath}`,
    );
  }
}

function platformOf(model: ModelConfig, log?: ServerLog): string {
  if (model.modelType !== 0) {
    log?.warning(
      `${SOURCE}:51`,
      "Deprecated ModelServerConfig::model_type field used. Prefer ModelServerConfig::model_platform.",
    );
    if (model.platform !== "") {
      throw invalidArgument(
        `Illegal setting both ModelServerConfig::model_type (deprecated) and ModelServerConfig::model_platform, model name is ${model.name}`,
      );
    }
    if (model.modelType === 1) return "tensorflow";
    throw invalidArgument(`ModelServerConfig::model_type choice ${model.modelType} not supported.`);
  }
  if (model.platform === "") {
    throw invalidArgument(
      `Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is ${model.name}`,
    );
  }
  return model.platform;
}

function validateNoPlatformChange(old: readonly ModelConfig[], next: readonly ModelConfig[]): void {
  const platforms = new Map(old.map((model) => [model.name, platformOf(model)]));
  for (const model of next) {
    const before = platforms.get(model.name);
    if (before === undefined) continue;
    const after = platformOf(model);
    if (after !== before) {
      throw invalidArgument(
        `Illegal to change a model's platform. For model ${model.name} platform was ${before} and new platform requested is ${after}`,
      );
    }
  }
}
