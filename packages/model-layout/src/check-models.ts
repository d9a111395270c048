import { type Diagnostic, runRules, sortDiagnostics } from "@servable/diagnostics";
import type { VersionDirectory } from "./discovery/discover-versions.ts";
import { type FoundModel, type FoundModels, findModels, type PathRole } from "./discovery/find-models.ts";
import { DEFAULT_TFS_VERSION } from "./discovery/version-name.ts";
import { FileSystemError, joinPath, type ModelFileSystem } from "./files/model-file-system.ts";
import { nodeFileSystem } from "./files/node-file-system.ts";
import { findCleanFolders } from "./quick/clean-pool.ts";
import { basePathRules, versionRules } from "./rules/registry.ts";
import { type CheckLevel, type CheckTarget, VersionContext } from "./rules/version-context.ts";
import { WireError } from "./wire/wire-reader.ts";

/** How {@link checkModels} reads and judges; every part has a default. */
export interface CheckModelsOptions {
  /** Default `graph`. */
  readonly level?: CheckLevel;
  readonly fs?: ModelFileSystem;
  /** Release of the server, default 2.17.1. */
  readonly tfsVersion?: string;
  /**
   * How to take the path. `base-path`: as a server takes it, so a folder of models or a version directory is an error;
   * `version`: as one version's contents, whatever its name; default: by what is found there.
   */
  readonly as?: "base-path" | "version";
  /** Tags that the server asks for, default `serve`. */
  readonly tags?: readonly string[];
  /** The server runs from the official image, which links ops of TensorFlow Text and Decision Forests. */
  readonly officialImage?: boolean;
  readonly preferTflite?: boolean;
  /** Batching is on: what spoils it is a warning then, else a note. */
  readonly batching?: boolean;
  /** What {@link findModels} said of the path, where that is known; not together with `as`. */
  readonly found?: FoundModels;
  /** Only these version directories (names on disk), for a policy that serves few of many. */
  readonly only?: (version: FoundModel["versions"][number]) => boolean;
  /** For a progress bar: how much there is to do, told once. `bytes` is 0 below level `bytes`. */
  readonly onTotal?: (versions: number, bytes: number) => void;
  /** Bytes read for checksums since the last call, and versions done since the last. */
  readonly onBytes?: (bytes: number) => void;
  readonly onVersions?: (count: number) => void;
}

/** What {@link checkModels} found. */
export interface CheckModelsResult {
  /** By file, then rule. */
  readonly diagnostics: readonly Diagnostic[];
  /** How the path was taken. */
  readonly role: PathRole;
  readonly models: number;
  readonly versions: number;
  /** Version directories and base paths that were looked into. */
  readonly files: number;
}

/**
 * Checks a version directory, a base path or a repository of base paths: what the server would not load, load
 * otherwise than meant, or answer requests with. Nothing on disk makes it throw.
 */
export function checkModels(path: string, options: CheckModelsOptions = {}): CheckModelsResult {
  const fs = options.fs ?? nodeFileSystem;
  const level = options.level ?? "graph";
  const target: CheckTarget = {
    tfsVersion: options.tfsVersion ?? DEFAULT_TFS_VERSION,
    tags: options.tags ?? ["serve"],
    officialImage: options.officialImage ?? false,
    preferTflite: options.preferTflite ?? false,
    batching: options.batching ?? false,
  };
  // At level quick nearly every version is plain and sound: a scanner tells so in few system calls.
  const usual = target.tags.length === 1 && target.tags[0] === "serve" && !target.preferTflite;
  const quick = level === "quick" && fs === nodeFileSystem && usual;
  const found =
    options.found ??
    findModels(path, fs, {
      tfsVersion: target.tfsVersion,
      quick: quick && options.only === undefined,
      onClean: (versions) => options.onVersions?.(versions),
      ...(options.as === "base-path"
        ? { as: "model" as const }
        : options.as === "version"
          ? { as: "version" as const }
          : {}),
    });
  const ofVersion = versionRules.filter((rule) => runsAt(rule.level, level));
  const ofBasePath = basePathRules.filter((rule) => runsAt(rule.level, level));
  const diagnostics: Diagnostic[] = [];
  let versions = 0;
  const work: {
    readonly model: FoundModel;
    readonly directories: readonly (VersionDirectory | undefined)[];
  }[] = [];
  for (const model of found.models) {
    if (quick && options.only === undefined && model.cleanVersions !== undefined)
      versions += model.cleanVersions;
    else
      work.push({
        model,
        directories: model.unversioned ? [undefined] : model.versions.filter(options.only ?? (() => true)),
      });
  }
  if (options.onTotal !== undefined) {
    const folders = work.flatMap(({ model, directories }) =>
      directories.map((directory) => directory?.path ?? model.basePath),
    );
    const bytes = level === "bytes" ? folders.reduce((sum, folder) => sum + dataBytes(folder, fs), 0) : 0;
    options.onTotal(versions + folders.length, bytes);
  }
  const judged = found.judged ?? new Map<string, boolean>();
  const clean = quick
    ? findCleanFolders(
        "version",
        work.flatMap(({ directories }) =>
          directories.flatMap((directory) =>
            directory?.kind === "directory" && !judged.has(directory.path) ? [directory.path] : [],
          ),
        ),
        (_, count) => options.onVersions?.(count),
      ).clean
    : undefined;
  const isClean = (path: string): boolean =>
    clean !== undefined && (clean.has(path) || judged.get(path) === true);
  for (const { model, directories } of work) {
    if (!(options.as === "version" && model.unversioned)) {
      const context = {
        model,
        role: found.role,
        asBasePath: options.as === "base-path",
        alone: found.models.length === 1,
        fs,
        target,
      };
      for (const diagnostic of runRules(ofBasePath, context)) diagnostics.push(diagnostic);
    }
    for (const directory of directories) {
      versions++;
      const where = directory?.path ?? model.basePath;
      if (directory !== undefined && isClean(where)) continue;
      const context = new VersionContext(model, directory, where, fs, level, target, options.onBytes);
      // Of a folder that can't be listed nothing else is known: what lies in it is not missing.
      const rules = context.isListed ? ofVersion : ofVersion.filter(({ id }) => id.startsWith("layout/"));
      for (const rule of rules) {
        try {
          for (const diagnostic of runRules([rule], context)) diagnostics.push(diagnostic);
        } catch (error) {
          if (error instanceof WireError) {
            // At level quick the outline was sound and what a rule decoded is not.
            diagnostics.push({
              rule: "saved-model/is-saved-model",
              severity: "error",
              file: context.savedModel.ok ? context.savedModel.value.file : where,
              message: `${context.savedModelName} is damaged: ${error.message}`,
              help: "The server can't parse it. Export or copy the model again.",
            });
            continue;
          }
          // A file that vanishes or changes between two looks is the folder's fault, not a defect of ours.
          if (!(error instanceof FileSystemError)) throw error;
          diagnostics.push({
            rule: "layout/files-are-regular",
            severity: "error",
            file: error.path,
            message: `can't be read: ${error.message.slice(error.path.length + 2)}`,
            help: "The folder changes while it is read, or the server's user may not read it.",
          });
        }
      }
      options.onVersions?.(1);
    }
  }
  return {
    diagnostics: sortDiagnostics(diagnostics),
    role: found.role,
    models: found.models.length,
    versions,
    files: found.models.length + versions,
  };
}

/** Size of the data files of a version. */
function dataBytes(folder: string, fs: ModelFileSystem): number {
  try {
    const variables = joinPath(folder, "variables");
    let bytes = 0;
    for (const { name } of fs.readDirectory(variables))
      if (name.includes(".data-")) bytes += fs.stat(joinPath(variables, name)).size;
    return bytes;
  } catch {
    return 0; // the rules say what is wrong
  }
}

const LEVELS: readonly CheckLevel[] = ["quick", "graph", "bytes"];
const runsAt = (rule: CheckLevel, level: CheckLevel): boolean =>
  LEVELS.indexOf(rule) <= LEVELS.indexOf(level);
