import {
  discoverVersions,
  duplicateVersions,
  FileSystemError,
  type ModelFileSystem,
  nodeFileSystem,
  selectVersions,
  type VersionDirectory,
} from "@servable/model-layout";
import type { VersionPolicy } from "./model-server-config.ts";
import type { ServerLog } from "./server-log.ts";

const SOURCE = "tensorflow_serving/sources/storage_path/file_system_storage_path_source.cc";

/** A model whose base path is watched. */
export interface WatchedServable {
  readonly name: string;
  readonly basePath: string;
  readonly policy: VersionPolicy;
}

/** A version that should be loaded, and where it lies. */
export interface AspiredVersion {
  readonly version: bigint;
  readonly path: string;
}

export type AspiredCallback = (name: string, versions: readonly AspiredVersion[]) => void;

/**
 * Looks at base paths and says which versions are aspired (FileSystemStoragePathSource). The first base path that can't
 * be read ends a whole poll: nothing is published then, also not for the other models.
 */
export class StoragePathSource {
  private readonly log: ServerLog;
  private readonly callback: AspiredCallback;
  private readonly fs: ModelFileSystem;
  private readonly pollSeconds: number;
  private servables: readonly WatchedServable[] = [];
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(options: {
    readonly pollSeconds: number;
    readonly log: ServerLog;
    readonly callback: AspiredCallback;
    readonly fs?: ModelFileSystem;
  }) {
    this.pollSeconds = options.pollSeconds;
    this.log = options.log;
    this.callback = options.callback;
    this.fs = options.fs ?? nodeFileSystem;
  }

  /** What is watched from now on; models that are gone have no aspired versions any more. */
  update(servables: readonly WatchedServable[]): void {
    const names = new Set(servables.map(({ name }) => name));
    const gone = this.servables.filter(({ name }) => !names.has(name));
    this.servables = servables;
    for (const { name } of gone) this.callback(name, []);
  }

  watched(): readonly WatchedServable[] {
    return this.servables;
  }

  /** Polls at once, then every so many seconds; 0 looks only once, a negative period never. */
  start(): void {
    if (this.pollSeconds < 0) return;
    this.poll();
    if (this.pollSeconds === 0) return;
    const again = (): void => {
      if (this.stopped) return;
      this.poll();
      this.timer = setTimeout(again, this.pollSeconds * 1000);
    };
    this.timer = setTimeout(again, this.pollSeconds * 1000);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private poll(): void {
    const found: { readonly name: string; readonly versions: readonly AspiredVersion[] }[] = [];
    for (const servable of this.servables) {
      const versions = this.aspired(servable);
      if (typeof versions === "string") {
        this.log.error(
          `${SOURCE}:415`,
          `FileSystemStoragePathSource encountered a filesystem access error: ${versions}`,
        );
        return;
      }
      found.push({ name: servable.name, versions });
    }
    for (const { name, versions } of found) this.callback(name, versions);
  }

  /** The aspired versions of a model, or the error text that ends the poll. */
  private aspired({ name, basePath, policy }: WatchedServable): readonly AspiredVersion[] | string {
    const scheme = /^([a-zA-Z][0-9a-zA-Z.]*):\/\//.exec(basePath)?.[1];
    let path = basePath;
    if (scheme === "file") path = basePath.slice("file://".length);
    else if (scheme !== undefined) {
      const reason = `UNIMPLEMENTED: File system scheme '${scheme}' not implemented (file: '${basePath}')`;
      return `Could not find base path ${basePath} for servable ${name} with error ${reason}`;
    }
    const discovery = discoverVersions(path, this.fs);
    if (discovery.problem !== undefined) {
      if (!this.exists(path)) {
        return `Could not find base path ${basePath} for servable ${name} with error NOT_FOUND: ${basePath} not found`;
      }
      let reason = "Input/output error";
      try {
        if (this.fs.stat(path).kind !== "directory") reason = "Not a directory";
        else reason = "Permission denied";
      } catch {
        reason = "Permission denied";
      }
      return `${basePath}; ${reason}`;
    }
    const { versions } = discovery;
    if (policy.kind !== "all") {
      for (const { version, used, overridden } of duplicateVersions(versions)) {
        for (const directory of overridden) this.warnDuplicate(version, used, directory);
      }
    } else {
      for (const { version, used, overridden } of duplicateVersions(versions)) {
        for (const directory of overridden) {
          this.warnDuplicate(version, used, directory);
          const id = `{name: ${name} version: ${version}}`;
          this.log.error(
            "tensorflow_serving/core/aspired_versions_manager.cc:327",
            `Internal error: Unable to transfer servable ${id} to 'basic_manager_': This servable is already being managed: ${id}`,
          );
        }
      }
    }
    const { selected, missing } = selectVersions(versions, policy);
    if (policy.kind === "specific" && policy.versions.length === 0) {
      this.log.warning(`${SOURCE}:177`, `No specific versions requested for servable ${name}.`);
    }
    for (const version of missing) {
      this.log.warning(
        `${SOURCE}:237`,
        `Version ${version} of servable ${name}, which was requested to be served as a 'specific' version in the servable's version policy, was not found in the file system`,
      );
    }
    if (selected.length === 0) {
      this.log.warning(
        `${SOURCE}:314`,
        `No versions of servable ${name} found under base path ${basePath}. Did you forget to name your leaf directory as a number (eg. '/1/')?`,
      );
    }
    return selected.map(({ version, path: versionPath }) => ({
      version: BigInt(version),
      path: versionPath,
    }));
  }

  private exists(path: string): boolean {
    try {
      this.fs.stat(path);
      return true;
    } catch (error) {
      return error instanceof FileSystemError && error.code === "EACCES";
    }
  }

  private warnDuplicate(version: number | bigint, used: VersionDirectory, ignored: VersionDirectory): void {
    this.log.warning(
      `${SOURCE}:129`,
      `Duplicate version directories detected. Version ${version} will be loaded from ${used.name}, ${ignored.name} will be ignored.`,
    );
  }
}
