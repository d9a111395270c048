import { existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type Diagnostic, nearest, UserError } from "@servable/diagnostics";
import { type CheckModelsOptions, checkModels } from "../check-models.ts";
import { discoverVersions, type VersionDirectory } from "../discovery/discover-versions.ts";
import { findModels, looksLikeSavedModel } from "../discovery/find-models.ts";
import { parseVersionName } from "../discovery/version-name.ts";
import { makeFolders, removeEmpty } from "../files/make-folders.ts";
import { describeFileError, FileSystemError } from "../files/model-file-system.ts";
import { syncPath } from "../files/write-atomically.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { Int64 } from "../wire/wire-reader.ts";
import { copyTree } from "./copy-tree.ts";
import { hiddenName, sweep } from "./hidden-names.ts";
import { type NotRemoved, prune } from "./prune.ts";

/** How {@link publish} numbers, keeps and checks. */
export interface PublishOptions
  extends Pick<CheckModelsOptions, "tfsVersion" | "tags" | "officialImage" | "preferTflite" | "batching"> {
  /** How many of the newest versions to keep, the new one included; default: all. */
  readonly keep?: number;
  /** Number to publish under, 0 to 2^63 - 1; default: one more than the highest there is, 1 for the first. */
  readonly version?: Int64;
  /** For a progress bar: how many bytes will be copied and checked, told once. */
  readonly onTotal?: (versions: number, bytes: number) => void;
  /** Bytes copied or checked since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** The folder that is filled now. Whoever ends this work from outside may remove it; the next publisher does. */
  readonly onStaging?: (path: string) => void;
  /** The version is in its place; older ones may still have to go. */
  readonly onPublished?: (path: string) => void;
}

/** What {@link publish} did. Sizes in bytes, paths below the base path as it was given. */
export interface Published {
  readonly version: Int64;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  /** Older version directories that were removed. */
  readonly removed: readonly string[];
  /** Older ones that `keep` would have had removed. */
  readonly notRemoved: readonly NotRemoved[];
  /** A version with a higher number, which servers with the policy `latest` serve instead of this one. */
  readonly hiddenBy?: Int64;
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
        hint: "nothing was published: mend the export, or see `servable check` for the whole list",
      },
    );
    this.name = "PublishRefused";
    this.diagnostics = diagnostics;
  }
}

const MAX_VERSION = 2n ** 63n - 1n;
/** The release that takes most names for a number: what is taken for one of them is taken. */
const ANY_RELEASE = { tfsVersion: "2.19.0" };

function nextVersion(versions: readonly VersionDirectory[]): bigint {
  let highest = 0n;
  for (const { version } of versions) if (BigInt(version) > highest) highest = BigInt(version);
  return highest + 1n;
}

/**
 * Puts an export into a base path as its next version: checked, copied beside under a name that is no number, the copy
 * compared and checked to its last byte, flushed and renamed. A server that polls the base path sees the version whole
 * or not at all, also when this process dies half-way. An export with errors is refused.
 * @throws PublishRefused, ModelReadError, UserError; nothing is published then
 */
export function publish(exportDir: string, basePath: string, options: PublishOptions = {}): Published {
  const { keep, version: wanted } = options;
  if (keep !== undefined && !(Number.isSafeInteger(keep) && keep >= 1))
    throw new UserError("keep-invalid", `keep is ${keep}, it must be a whole number of at least 1`);
  if (wanted !== undefined && !isVersionNumber(wanted))
    throw new UserError(
      "version-invalid",
      `version is ${wanted}, it must be a whole number from 0 to 2^63 - 1`,
    );
  mustBeFolder(exportDir);
  mustBeExport(exportDir);
  mustBeApart(exportDir, basePath);
  mustBeBasePath(basePath);

  const { tfsVersion, tags, officialImage, preferTflite, batching } = options;
  const check = (
    path: string,
    level: "graph" | "bytes",
    more: CheckModelsOptions = {},
  ): readonly Diagnostic[] => {
    const { diagnostics } = checkModels(path, {
      level,
      as: "version",
      ...(tfsVersion === undefined ? {} : { tfsVersion }),
      ...(tags === undefined ? {} : { tags }),
      ...(officialImage === undefined ? {} : { officialImage }),
      ...(preferTflite === undefined ? {} : { preferTflite }),
      ...(batching === undefined ? {} : { batching }),
      ...more,
    });
    const found =
      path === exportDir ? diagnostics : diagnostics.map((each) => movedTo(each, path, exportDir));
    if (found.some(({ severity }) => severity === "error")) throw new PublishRefused(exportDir, found);
    return found;
  };
  // What can be told without reading all of it is told before a byte is written.
  check(exportDir, "graph");

  let made: readonly string[] = [];
  let staging: string | undefined;
  try {
    made = makeFolders(basePath);
    sweep(basePath);
    const path = join(basePath, hiddenName("publishing"));
    options.onStaging?.(path);
    staging = path;
    const { onBytes, onTotal } = options;
    const copied = copyTree(exportDir, path, {
      ...(onBytes === undefined ? {} : { onBytes }),
      ...(onTotal === undefined ? {} : { onTotal: (bytes, data) => onTotal(1, bytes + data) }),
    });
    // The copy, which nobody else writes to, is what will be served.
    const diagnostics = check(path, "bytes", onBytes === undefined ? {} : { onBytes });
    const settled = settle(path, basePath, wanted);
    staging = undefined;
    for (const folder of [...made].reverse()) syncPath(dirname(folder));
    syncPath(basePath);
    options.onPublished?.(settled.path);
    const pruned =
      keep === undefined ? { removed: [], notRemoved: [] } : prune(basePath, keep, settled.version);
    return { ...settled, ...copied, ...pruned, diagnostics };
  } catch (error) {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
    removeEmpty(made);
    throw asUserError(error, basePath);
  }
}

const isVersionNumber = (version: Int64): boolean =>
  typeof version === "bigint"
    ? version >= 0n && version <= MAX_VERSION
    : Number.isSafeInteger(version) && version >= 0;

function mustBeFolder(exportDir: string): void {
  try {
    if (!statSync(exportDir).isDirectory())
      throw new ModelReadError("not-a-file", exportDir, "not a directory", {
        hint: "give the folder that holds saved_model.pb",
      });
  } catch (error) {
    throw asReadError(asFileSystemError(error, exportDir), exportDir);
  }
}

/** Says which folder is meant, where it is the one above an export. */
function mustBeExport(exportDir: string): void {
  const { role, models } = findModels(exportDir, undefined, { depth: 1 });
  const newest = models.flatMap(({ versions, basePath }) => versions.at(-1)?.path ?? basePath);
  if (newest.length === 0 || role === "version" || role === "unversioned") return;
  const what = role === "model" ? "is a base path of versions" : "holds SavedModels";
  throw new UserError("not-an-export", `${exportDir} ${what}, it is no SavedModel itself`, {
    hint: `give the folder that holds saved_model.pb, such as ${newest.sort()[0]}`,
  });
}

/** A copy of a folder inside of it would hold all the versions before. */
function mustBeApart(exportDir: string, basePath: string): void {
  const from = realpathSync(exportDir);
  const to = realPathOf(basePath);
  if (to !== from && !to.startsWith(from.endsWith(sep) ? from : from + sep)) return;
  throw new UserError(
    "base-path-inside-export",
    `the base path ${basePath} ${to === from ? "is the export itself" : `lies inside the export ${exportDir}`}`,
    { hint: "each version would hold those before it: give a base path beside the export" },
  );
}

/** The path with all links resolved, as far as it is there. */
function realPathOf(path: string): string {
  const whole = resolve(path);
  for (let folder = whole; ; folder = dirname(folder)) {
    try {
      return resolve(realpathSync(folder), relative(folder, whole));
    } catch {
      if (folder === dirname(folder)) return whole;
    }
  }
}

/** A version published into what is no base path is never found by a server. */
function mustBeBasePath(basePath: string): void {
  const { versions, ignored } = discoverVersions(basePath);
  if (versions.length > 0) return;
  const name = basename(resolve(basePath));
  if (looksLikeSavedModel(ignored.map((each) => each.name))) {
    throw new UserError(
      "not-a-base-path",
      `${basePath} is itself a SavedModel, not a base path of versions`,
      {
        hint: `give the folder above it, such as ${dirname(basePath)}`,
      },
    );
  }
  if (parseVersionName(name) !== undefined) {
    throw new UserError(
      "not-a-base-path",
      `${basePath} ends in a number, so it is a version, not a base path`,
      {
        hint: `give ${dirname(basePath)} as the base path, and ${name} as the version to publish under if it has to be that`,
      },
    );
  }
  const models = findModels(basePath, undefined, { depth: 1 }).models.filter(
    (model) => model.unversioned !== true && model.basePath !== basePath && model.versions.length > 0,
  );
  if (models.length === 0) return;
  const names = models.map((model) => model.name).sort();
  const shown = names.length > 5 ? `${names.slice(0, 5).join(", ")}, …` : names.join(", ");
  throw new UserError("not-a-base-path", `${basePath} holds models (${shown}), not versions of one model`, {
    hint: `give the base path of one model, such as ${join(basePath, nearest(name, names) ?? names[0]!)}`,
  });
}

/** A diagnostic of the copy, told of the export. */
function movedTo(diagnostic: Diagnostic, from: string, to: string): Diagnostic {
  const moved = (path: string): string =>
    path === from ? to : path.startsWith(`${from}/`) ? join(to, path.slice(from.length + 1)) : path;
  return {
    ...diagnostic,
    file: moved(diagnostic.file),
    message: diagnostic.message.replaceAll(from, to),
    ...(diagnostic.related === undefined
      ? {}
      : { related: diagnostic.related.map((related) => ({ ...related, file: moved(related.file) })) }),
  };
}

/** Renames the finished copy to its number; takes the next one when another publisher was faster. */
function settle(
  staging: string,
  basePath: string,
  wanted: Int64 | undefined,
): Pick<Published, "version" | "path" | "hiddenBy"> {
  for (let attempt = 0; ; attempt++) {
    const { versions, problem } = discoverVersions(basePath, undefined, ANY_RELEASE);
    if (problem !== undefined) throw problem;
    const next = nextVersion(versions);
    const version = wanted === undefined ? next : BigInt(wanted);
    if (version > MAX_VERSION) {
      throw new UserError("version-invalid", `${basePath} holds the highest version that there can be`, {
        hint: "no server finds a higher number: remove that version, or publish under a lower one",
      });
    }
    const path = join(basePath, String(version));
    const taken = versions.find((directory) => BigInt(directory.version) === version);
    if (taken !== undefined) throw versionTaken(taken.path);
    const settled = (): ReturnType<typeof settle> => ({
      version: asInt64(version),
      path,
      ...(version < next - 1n ? { hiddenBy: asInt64(next - 1n) } : {}),
    });
    try {
      // In one step from a name that no server reads to the number. A folder with something in it is never replaced:
      // the rename fails when another publisher took the number in between.
      renameSync(staging, path);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // A network file system may ask twice and be told that there is nothing to rename any more: nobody else moves it.
      if (code === "ENOENT" && !existsSync(staging) && existsSync(path)) return settled();
      if (!/^(ENOTEMPTY|EEXIST|ENOTDIR)$/.test(code)) throw error;
      if (wanted !== undefined) throw versionTaken(path);
      if (attempt < 100) continue;
      throw error;
    }
    return settled();
  }
}

const asInt64 = (value: bigint): Int64 => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

const versionTaken = (path: string): UserError =>
  new UserError("version-taken", `${path} is there already`, {
    hint: "a loaded version is never read again: publish a new number",
  });

/** An error of the file system as such; any other as it is. */
function asFileSystemError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof UserError || error instanceof FileSystemError || typeof code !== "string"
    ? error
    : new FileSystemError(code, path);
}

function asUserError(error: unknown, basePath: string): unknown {
  if (error instanceof UserError) return error;
  const { code, path = basePath } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") return error;
  // The folder that was being filled has a name that says nothing, and is gone.
  const where = basename(path).startsWith(".publishing-") ? basePath : path;
  const reason = error instanceof FileSystemError ? error.reason : describeFileError(code);
  return new UserError("publish-failed", `${where}: ${reason}`, {
    cause: error,
    hint: "nothing was published",
  });
}
