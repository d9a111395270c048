import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { type Diagnostic, UserError } from "@servable/diagnostics";
import { type CheckModelsOptions, checkModels } from "../check-models.ts";
import { discoverVersions, type VersionDirectory } from "../discovery/discover-versions.ts";
import { FileSystemError } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { walkFiles } from "../files/walk-files.ts";
import { syncPath } from "../files/write-atomically.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { crc32c } from "../table/crc32c.ts";
import type { Int64 } from "../wire/wire-reader.ts";

export interface PublishOptions
  extends Pick<CheckModelsOptions, "tfsVersion" | "tags" | "officialImage" | "preferTflite" | "batching"> {
  /** How many of the newest versions to keep, the new one included; default: all. */
  readonly keep?: number;
  /** Number to publish under; default: one more than the highest there is, 1 for the first. */
  readonly version?: number;
  /** Bytes copied since the last call, for a progress bar. */
  readonly onBytes?: (bytes: number) => void;
}

export interface Published {
  readonly version: Int64;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  /** Older version directories that were removed. */
  readonly removed: readonly string[];
  /** Warnings and notes about the export. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The export has errors: a server would fail on it. Nothing was published. */
export class PublishRefused extends UserError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(exportDir: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    super(
      "publish-refused",
      `${exportDir}: ${errors[0]?.message ?? "the export has errors"}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ""}`,
      {
        exitCode: 1,
        hint: "Nothing was published. Mend the export, or see `servable check` for the whole list.",
      },
    );
    this.name = "PublishRefused";
    this.diagnostics = diagnostics;
  }
}

const MAX_VERSION = 2n ** 63n - 1n;

function nextVersion(versions: readonly VersionDirectory[]): bigint {
  let highest = 0n;
  for (const { version } of versions) if (BigInt(version) > highest) highest = BigInt(version);
  return highest + 1n;
}

/** Copies one file, flushed; returns its size and the checksum of what was written. */
function copyFlushed(
  from: string,
  to: string,
  onBytes: PublishOptions["onBytes"],
): { size: number; crc: number } {
  const source = nodeFileSystem.open(from);
  try {
    const target = openSync(to, "wx", 0o644);
    try {
      const buffer = new Uint8Array(1 << 20);
      let size = 0;
      let crc = 0;
      for (;;) {
        const got = source.read(buffer, size);
        if (got === 0) break;
        const chunk = buffer.subarray(0, got);
        let done = 0;
        while (done < got) done += writeSync(target, chunk, done, got - done);
        crc = crc32c(chunk, crc);
        size += got;
        onBytes?.(got);
      }
      if (size !== source.size) throw new FileSystemError("SHRANK", from);
      fsyncSync(target);
      return { size, crc };
    } finally {
      closeSync(target);
    }
  } finally {
    source.close();
  }
}

function checksumOf(path: string): number {
  const descriptor = openSync(path, "r");
  try {
    const buffer = new Uint8Array(1 << 20);
    let crc = 0;
    for (let at = 0; ; ) {
      const got = readSync(descriptor, buffer, 0, buffer.length, at);
      if (got === 0) return crc;
      crc = crc32c(buffer.subarray(0, got), crc);
      at += got;
    }
  } finally {
    closeSync(descriptor);
  }
}

function copyTree(
  exportDir: string,
  target: string,
  onBytes: PublishOptions["onBytes"],
): { files: number; bytes: number } {
  const { files, problems } = walkFiles(exportDir, nodeFileSystem);
  const problem = problems[0];
  if (problem !== undefined) throw new ModelReadError("unreadable", problem.path, problem.message);
  const folders = new Set([target]);
  let bytes = 0;
  mkdirSync(target);
  for (const { path } of files) {
    const to = join(target, path);
    mkdirSync(dirname(to), { recursive: true });
    for (let folder = dirname(to); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
    const { size, crc } = copyFlushed(join(exportDir, path), to, onBytes);
    if (checksumOf(to) !== crc)
      throw new ModelReadError("checksum", to, "reads back other bytes than were written");
    bytes += size;
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) syncPath(folder);
  return { files: files.length, bytes };
}

/**
 * Puts an export into a base path as its next version: checked to the last byte, copied beside under a name that is no
 * number, compared, flushed and renamed. A server that polls the base path sees the version whole or not at all, also
 * when this process dies half-way. An export with errors is refused.
 * @throws PublishRefused, ModelReadError, UserError
 */
export function publish(exportDir: string, basePath: string, options: PublishOptions = {}): Published {
  const check = checkModels(exportDir, {
    level: "bytes",
    as: "version",
    ...(options.tfsVersion === undefined ? {} : { tfsVersion: options.tfsVersion }),
    ...(options.tags === undefined ? {} : { tags: options.tags }),
    ...(options.officialImage === undefined ? {} : { officialImage: options.officialImage }),
    ...(options.preferTflite === undefined ? {} : { preferTflite: options.preferTflite }),
    ...(options.batching === undefined ? {} : { batching: options.batching }),
  });
  if (check.diagnostics.some(({ severity }) => severity === "error"))
    throw new PublishRefused(exportDir, check.diagnostics);
  if (options.keep !== undefined && !(Number.isSafeInteger(options.keep) && options.keep >= 1)) {
    throw new UserError("keep-invalid", `keep is ${options.keep}, it must be a whole number of at least 1`);
  }
  if (options.version !== undefined && !(Number.isSafeInteger(options.version) && options.version >= 0)) {
    throw new UserError(
      "version-invalid",
      `version is ${options.version}, it must be a whole number of at least 0`,
    );
  }
  try {
    mkdirSync(basePath, { recursive: true });
    sweep(basePath);
    const staging = join(basePath, hiddenName("publishing"));
    try {
      const { files, bytes } = copyTree(exportDir, staging, options.onBytes);
      const { version, path } = settle(staging, basePath, options);
      syncPath(basePath);
      const removed = options.keep === undefined ? [] : prune(basePath, options.keep, version);
      return { version, path, files, bytes, removed, diagnostics: check.diagnostics };
    } catch (error) {
      rmSync(staging, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw asUserError(error, basePath);
  }
}

const host = (): string => hostname().replace(/[^A-Za-z0-9]/g, "_") || "host";

/** A name that no server takes for a version, and that tells whose it is. */
function hiddenName(purpose: "publishing" | "removing"): string {
  return `.${purpose}-${host()}-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Removes what publishers of this machine left behind that no longer run. */
function sweep(basePath: string): void {
  for (const name of readdirSync(basePath)) {
    const [, owner, pid] = /^\.(?:publishing|removing)-([A-Za-z0-9_]+)-(\d+)-[0-9a-f]{12}$/.exec(name) ?? [];
    if (owner !== host() || pid === undefined || Number(pid) === process.pid || isAlive(Number(pid)))
      continue;
    rmSync(join(basePath, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Renames the finished copy to its number; takes the next one when another publisher was faster. */
function settle(
  staging: string,
  basePath: string,
  options: PublishOptions,
): { version: Int64; path: string } {
  for (let attempt = 0; ; attempt++) {
    const discovery = discoverVersions(basePath);
    if (discovery.problem !== undefined) throw discovery.problem;
    const version = options.version === undefined ? nextVersion(discovery.versions) : BigInt(options.version);
    if (version > MAX_VERSION)
      throw new UserError("version-invalid", `${basePath} holds the highest version that there can be`);
    const taken = discovery.versions.find((directory) => BigInt(directory.version) === version);
    if (taken !== undefined)
      throw new UserError("version-taken", `${taken.path} is there already`, {
        hint: "A loaded version is never read again: publish a new number.",
      });
    const path = join(basePath, String(version));
    try {
      // In one step from a name that no server reads to the number. A folder with something in it is never replaced:
      // the rename fails when another publisher took the number in between.
      renameSync(staging, path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (/^(ENOTEMPTY|EEXIST|ENOTDIR)$/.test(code) && attempt < 100 && options.version === undefined)
        continue;
      throw error;
    }
    return { version: version <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(version) : version, path };
  }
}

/** Removes all but the newest versions: first out of sight by a rename, then from disk. */
function prune(basePath: string, keep: number, published: Int64): string[] {
  const { versions } = discoverVersions(basePath);
  const numbers = [...new Set(versions.map(({ version }) => String(version)))]
    .map(BigInt)
    .sort((a, b) => (a < b ? 1 : -1));
  const kept = new Set(numbers.slice(0, keep).map(String));
  kept.add(String(published));
  const removed: string[] = [];
  for (const { version, path } of versions) {
    if (kept.has(String(version))) continue;
    const aside = join(basePath, hiddenName("removing"));
    renameSync(path, aside);
    rmSync(aside, { recursive: true, force: true });
    removed.push(path);
  }
  if (removed.length > 0) syncPath(basePath);
  return removed;
}

function asUserError(error: unknown, basePath: string): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof FileSystemError)
    return new UserError("publish-failed", error.message, { cause: error });
  const { code, path } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") return error;
  return new UserError(
    "publish-failed",
    `${path ?? basePath}: ${new FileSystemError(code, path ?? basePath).message.split(": ").at(-1)}`,
    {
      cause: error,
      hint: "Nothing was published.",
    },
  );
}
