import { StatusError, statusOf } from "../status.ts";
import type { ServerLog } from "./server-log.ts";
import type { StateMonitor } from "./state-monitor.ts";
import type { AspiredVersion } from "./storage-path-source.ts";

/** What a loaded version can do; closed when it is unloaded and its last request has ended. */
export interface Loaded {
  close(): void;
}

/** Loads a version directory. @throws StatusError */
export type Loader<T extends Loaded> = (
  name: string,
  version: bigint,
  path: string,
  signal: AbortSignal,
) => Promise<T>;

/** Checks that a version directory can be loaded at all. @throws StatusError */
export type Reserver = (path: string) => void;

const MANAGE_STATE_INTERVAL_MS = 100;

interface Harness<T> {
  readonly name: string;
  readonly version: bigint;
  readonly path: string;
  readonly cancel: AbortController;
  state: "new" | "loading" | "ready" | "unloading" | "disabled" | "error";
  aspired: boolean;
  servable: T | undefined;
  users: number;
}

export interface ManagerOptions<T extends Loaded> {
  readonly monitor: StateMonitor;
  readonly log: ServerLog;
  readonly load: Loader<T>;
  readonly reserve: Reserver;
  readonly maxNumLoadRetries: number;
  readonly loadRetryIntervalMicros: number;
  /** 0: one load at a time, and nothing else meanwhile. */
  readonly numLoadThreads: number;
}

/**
 * Brings the loaded versions to the aspired ones (AspiredVersionsManager with the availability-preserving policy): a
 * new version is loaded before the old one goes, and the old one stays if the new one fails.
 */
export class AspiredVersionsManager<T extends Loaded> {
  private readonly options: ManagerOptions<T>;
  private readonly harnesses = new Map<string, Harness<T>[]>();
  private readonly pending = new Map<string, readonly AspiredVersion[]>();
  private readonly inFlight = new Set<Promise<void>>();
  private running = false;
  private again = false;
  private stopped = false;
  private readonly stopping = new AbortController();
  /** While the first models load, all of them load side by side. */
  private initial = true;

  constructor(options: ManagerOptions<T>) {
    this.options = options;
  }

  setAspired(name: string, versions: readonly AspiredVersion[]): void {
    this.pending.set(name, versions);
    this.kick();
  }

  /** Ends the first phase: waits until every load that has begun is over. */
  async endInitialLoad(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled([...this.inFlight]);
    this.initial = false;
  }

  /** Available versions of a model, highest first. */
  available(name: string): bigint[] {
    return this.ready(name)
      .map(({ version }) => version)
      .sort((a, b) => (a < b ? 1 : -1));
  }

  /** Names of all models that have an available version. */
  names(): string[] {
    return [...this.harnesses.keys()].filter((name) => this.ready(name).length > 0);
  }

  private ready(name: string): Harness<T>[] {
    return (this.harnesses.get(name) ?? []).filter(({ state }) => state === "ready");
  }

  /** A version to serve a request; `release` it when the request is done. Without a version the highest one. */
  acquire(
    name: string,
    version?: bigint,
  ): { readonly servable: T; readonly version: bigint; release(): void } | undefined {
    let found: Harness<T> | undefined;
    for (const harness of this.harnesses.get(name) ?? []) {
      if (harness.state !== "ready") continue;
      if (
        version === undefined
          ? found === undefined || harness.version > found.version
          : harness.version === version
      ) {
        found = harness;
      }
    }
    if (found?.servable === undefined) return undefined;
    const harness = found;
    harness.users++;
    let released = false;
    return {
      servable: found.servable,
      version: found.version,
      release: () => {
        if (released) return;
        released = true;
        harness.users--;
        this.closeIfIdle(harness);
      },
    };
  }

  private closeIfIdle(harness: Harness<T>): void {
    if (harness.users > 0 || (harness.state !== "unloading" && harness.state !== "disabled")) return;
    const { servable } = harness;
    harness.servable = undefined;
    if (servable === undefined) return;
    servable.close();
    const id = idOf(harness);
    this.options.log.info(
      "tensorflow_serving/core/loader_harness.cc:129",
      `Done unloading servable version ${id}`,
    );
    harness.state = "disabled";
    this.options.monitor.set(harness.name, harness.version, "END");
    this.kick();
  }

  /** Unloads everything and ends waits between retries. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopping.abort();
    for (const list of this.harnesses.values()) for (const harness of list) harness.cancel.abort();
    await Promise.allSettled([...this.inFlight]);
    for (const list of this.harnesses.values()) {
      for (const harness of list) {
        harness.servable?.close();
        harness.servable = undefined;
      }
    }
  }

  private kick(): void {
    this.again = true;
    if (this.running || this.stopped) return;
    this.running = true;
    void this.run();
  }

  private async run(): Promise<void> {
    // The server looks at what is aspired every 100 ms; at first that would only cost time, so just let the caller
    // finish: a poll sets several models before the first is looked at.
    if (this.initial) await Promise.resolve();
    else await pause(MANAGE_STATE_INTERVAL_MS, this.stopping.signal);
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        this.flush();
        this.takePending();
        while (await this.act()) {
          this.flush();
          this.takePending();
        }
      }
    } finally {
      this.running = false;
    }
  }

  /** Forgets versions that are not aspired and have nothing loaded. */
  private flush(): void {
    for (const [name, list] of this.harnesses) {
      const kept = list.filter(
        ({ state, aspired }) => aspired || !(state === "new" || state === "disabled" || state === "error"),
      );
      if (kept.length === list.length) continue;
      if (kept.length === 0) this.harnesses.delete(name);
      else this.harnesses.set(name, kept);
    }
  }

  private takePending(): void {
    for (const [name, versions] of [...this.pending]) {
      const list = this.harnesses.get(name) ?? [];
      const wanted = new Map<bigint, AspiredVersion>();
      for (const version of versions) if (!wanted.has(version.version)) wanted.set(version.version, version);
      // A version that is on its way out and wanted again: the server puts such a request off until it is gone.
      if (list.some(({ aspired, version }) => !aspired && wanted.has(version))) continue;
      this.pending.delete(name);
      for (const harness of list) {
        if (wanted.has(harness.version) || !harness.aspired) continue;
        harness.aspired = false;
        harness.cancel.abort();
      }
      const known = new Set(list.map(({ version }) => version));
      const next = [...list];
      for (const { version, path } of wanted.values()) {
        if (known.has(version)) continue;
        next.push({
          name,
          version,
          path,
          cancel: new AbortController(),
          state: "new",
          aspired: true,
          servable: undefined,
          users: 0,
        });
        this.options.monitor.set(name, version, "START");
      }
      if (next.length > 0) this.harnesses.set(name, next);
    }
  }

  /** One action of the policy; false if there is nothing to do. */
  private async act(): Promise<boolean> {
    if (this.stopped) return false;
    for (const list of this.harnesses.values()) {
      const serving = list.some(({ aspired, state }) => aspired && state === "ready");
      if (list.some(({ aspired }) => aspired) && !serving) continue;
      const old = lowest(list.filter(({ aspired, state }) => !aspired && state === "ready"));
      if (old !== undefined) {
        this.unload(old);
        return true;
      }
    }
    const side = this.initial || this.options.numLoadThreads > 0;
    for (const list of this.harnesses.values()) {
      const next = highest(list.filter(({ aspired, state }) => aspired && state === "new"));
      if (next === undefined) continue;
      next.state = "loading";
      const loading = this.load(next).finally(() => {
        this.inFlight.delete(loading);
        this.kick();
      });
      this.inFlight.add(loading);
      if (!side) await loading;
      return true;
    }
    return false;
  }

  private unload(harness: Harness<T>): void {
    const { log, monitor } = this.options;
    const id = idOf(harness);
    harness.state = "unloading";
    monitor.set(harness.name, harness.version, "UNLOADING");
    log.info("tensorflow_serving/core/loader_harness.cc:154", `Quiescing servable version ${id}`);
    log.info("tensorflow_serving/core/loader_harness.cc:161", `Done quiescing servable version ${id}`);
    log.info("tensorflow_serving/core/loader_harness.cc:121", `Unloading just-loaded servable version ${id}`);
    this.closeIfIdle(harness);
  }

  private async load(harness: Harness<T>): Promise<void> {
    const { log, monitor } = this.options;
    const { name, version, path, cancel } = harness;
    const id = idOf(harness);
    try {
      try {
        await this.retried(`Reserving resources for servable: ${id}`, cancel.signal, async () => {
          this.options.reserve(path);
        });
      } catch (error) {
        const { code, message } = statusOf(error);
        const text = `Error while attempting to reserve resources to load servable ${id}: ${message}`;
        log.warning("tensorflow_serving/core/basic_manager.cc:688", `${code}: ${text}`);
        throw new StatusError(code, text);
      }
      log.info(
        "tensorflow_serving/core/basic_manager.cc:740",
        `Successfully reserved resources to load servable ${id}`,
      );
      log.info("tensorflow_serving/core/loader_harness.cc:68", `Approving load for servable version ${id}`);
      monitor.set(name, version, "LOADING");
      log.info("tensorflow_serving/core/loader_harness.cc:76", `Loading servable version ${id}`);
      const servable = await this.retried(`Loading servable: ${id}`, cancel.signal, () =>
        this.options.load(name, version, path, cancel.signal),
      );
      if (this.stopped) {
        servable.close();
        return;
      }
      harness.servable = servable;
      harness.state = "ready";
      log.info("tensorflow_serving/core/loader_harness.cc:97", `Successfully loaded servable version ${id}`);
      monitor.set(name, version, "AVAILABLE");
    } catch (error) {
      const status = statusOf(error);
      harness.state = "error";
      log.info(
        "tensorflow_serving/core/loader_harness.cc:171",
        `Encountered an error for servable version ${id}: ${status.quoted}`,
      );
      log.error(
        "tensorflow_serving/core/aspired_versions_manager.cc:402",
        `Servable ${id} cannot be loaded: ${status.quoted}`,
      );
      monitor.set(name, version, "END", status);
    }
  }

  /** The server's Retry: one attempt and up to `maxNumLoadRetries` more, with a pause between. */
  private async retried<R>(what: string, signal: AbortSignal, attempt: () => Promise<R>): Promise<R> {
    const { log, maxNumLoadRetries, loadRetryIntervalMicros } = this.options;
    // Said after the last attempt, also if that one went well.
    const exhausted = (retries: number): void => {
      if (retries < maxNumLoadRetries) return;
      log.info(
        "tensorflow_serving/util/retrier.cc:48",
        `Retrying of ${what} exhausted max_num_retries: ${maxNumLoadRetries}`,
      );
    };
    for (let retries = 0; ; retries++) {
      try {
        const result = await attempt();
        exhausted(retries);
        return result;
      } catch (error) {
        const failure = statusOf(error);
        log.error("tensorflow_serving/util/retrier.cc:39", `${what} failed: ${failure.quoted}`);
        if (retries >= maxNumLoadRetries || signal.aborted || this.stopped) {
          exhausted(retries);
          throw failure;
        }
      }
      await pause(Math.max(0, loadRetryIntervalMicros) / 1000, signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(milliseconds, 2 ** 31 - 1));
    signal.addEventListener("abort", done);
  });
}

function idOf({ name, version }: { readonly name: string; readonly version: bigint }): string {
  return `{name: ${name} version: ${version}}`;
}

function lowest<T>(list: readonly Harness<T>[]): Harness<T> | undefined {
  return list.reduce<Harness<T> | undefined>(
    (a, b) => (a === undefined || b.version < a.version ? b : a),
    undefined,
  );
}

function highest<T>(list: readonly Harness<T>[]): Harness<T> | undefined {
  return list.reduce<Harness<T> | undefined>(
    (a, b) => (a === undefined || b.version > a.version ? b : a),
    undefined,
  );
}
