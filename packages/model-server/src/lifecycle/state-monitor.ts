import type { StatusError } from "../status.ts";

/** States of a servable version by their numbers in GetModelStatus. */
export const VERSION_STATES = { START: 10, LOADING: 20, AVAILABLE: 30, UNLOADING: 40, END: 50 } as const;
export type VersionState = keyof typeof VERSION_STATES;

export interface VersionRecord {
  readonly version: bigint;
  readonly state: VersionState;
  /** Why the version ended, if not by being unloaded. */
  readonly error: StatusError | undefined;
}

export type StateListener = (name: string, record: VersionRecord) => void;

/** What became of every version since the start; versions are never forgotten. */
export class StateMonitor {
  private readonly models = new Map<string, Map<bigint, VersionRecord>>();
  private readonly listeners = new Set<StateListener>();

  set(name: string, version: bigint, state: VersionState, error?: StatusError): void {
    const record: VersionRecord = { version, state, error };
    const versions = this.models.get(name);
    if (versions === undefined) this.models.set(name, new Map([[version, record]]));
    else versions.set(version, record);
    for (const listener of [...this.listeners]) listener(name, record);
  }

  get(name: string, version: bigint): VersionRecord | undefined {
    return this.models.get(name)?.get(version);
  }

  /** Highest version first; empty for a model never seen. */
  versions(name: string): VersionRecord[] {
    return [...(this.models.get(name)?.values() ?? [])].sort((a, b) =>
      a.version < b.version ? 1 : a.version > b.version ? -1 : 0,
    );
  }

  listen(listener: StateListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Waits until each model has a version that is available, or one that ended from now on; answers the version that
   * decided, by model. Never times out, as the server does not.
   */
  waitUntilDecided(names: readonly string[], signal: AbortSignal): Promise<Map<string, VersionRecord>> {
    const decided = new Map<string, VersionRecord>();
    for (const name of names) {
      const available = this.versions(name).find(({ state }) => state === "AVAILABLE");
      if (available !== undefined) decided.set(name, available);
    }
    return new Promise((resolve, reject) => {
      const wanted = new Set(names);
      const finish = (): void => {
        stopListening();
        signal.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        finish();
        reject(signal.reason instanceof Error ? signal.reason : new Error("the server was stopped"));
      };
      const settle = (): boolean => {
        if (decided.size < wanted.size) return false;
        finish();
        resolve(decided);
        return true;
      };
      const stopListening = this.listen((name, record) => {
        if (!wanted.has(name) || decided.has(name)) return;
        if (record.state !== "AVAILABLE" && record.state !== "END") return;
        decided.set(name, record);
        settle();
      });
      signal.addEventListener("abort", abort);
      if (signal.aborted) abort();
      else settle();
    });
  }
}
