import { baseName, joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { type Discovery, discoverVersions, type VersionDirectory } from "./discover-versions.ts";
import { parseVersionName } from "./version-name.ts";

/** A base path, or a SavedModel that lies outside of one. */
export interface FoundModel {
  /** Name of the base path's folder. */
  readonly name: string;
  readonly basePath: string;
  readonly discovery: Discovery;
  /** Version directories to look into: all of them, or the one that was asked for. */
  readonly versions: readonly VersionDirectory[];
  /** A SavedModel whose folder is no version directory (an export before it is published). */
  readonly unversioned?: true;
}

/**
 * How a path was taken. version: it is one version directory; model: a base path; unversioned: a SavedModel folder
 * without a number; repository: a folder of base paths; nothing: no model in it.
 */
export type PathRole = "version" | "model" | "unversioned" | "repository" | "nothing";

export interface FoundModels {
  readonly path: string;
  readonly role: PathRole;
  readonly models: readonly FoundModel[];
}

const MARKERS = new Set([
  "saved_model.pb",
  "saved_model.pbtxt",
  "model.tflite",
  "export.meta",
  "saved_model.cpb",
]);
const HINTS = new Set(["variables", "assets", "assets.extra", "fingerprint.pb", "keras_metadata.pb"]);
const SKIPPED = new Set(["node_modules", ".git", "__pycache__", ".venv", "venv"]);

/** Whether the children of a folder are those of a SavedModel (or of a half-copied one). */
export function looksLikeSavedModel(names: readonly string[]): boolean {
  return names.some((name) => MARKERS.has(name)) || names.filter((name) => HINTS.has(name)).length >= 1;
}

const namesOf = (discovery: Discovery): string[] => [
  ...discovery.ignored.map(({ name }) => name),
  ...discovery.versions.map(({ name }) => name),
];

/**
 * Finds the models of a path: a version directory, a base path, or (by looking up to `depth` folders down) a repository
 * of base paths. With `as`, the path is taken as that and nothing else, as the server takes `--model_base_path`.
 */
export function findModels(
  path: string,
  fs: ModelFileSystem = nodeFileSystem,
  options: { readonly tfsVersion?: string; readonly depth?: number; readonly as?: "model" | "version" } = {},
): FoundModels {
  const discovery = discoverVersions(path, fs, options);
  const name = baseName(safeRealPath(path, fs)) || path;
  if (options.as === "model")
    return {
      path,
      role: "model",
      models: [{ name, basePath: path, discovery, versions: discovery.versions }],
    };
  const names = namesOf(discovery);
  if (options.as === "version" || (discovery.versions.length === 0 && looksLikeSavedModel(names))) {
    const version = parseVersionName(name, options.tfsVersion);
    if (version === undefined) {
      return {
        path,
        role: "unversioned",
        models: [{ name, basePath: path, discovery, versions: [], unversioned: true }],
      };
    }
    const parent = path.includes("/") ? path.replace(/\/*[^/]+\/*$/, "") || "/" : ".";
    const directory: VersionDirectory = { version, name, path, kind: "directory" };
    return {
      path,
      role: "version",
      models: [
        {
          name: baseName(safeRealPath(parent, fs)) || parent,
          basePath: parent,
          discovery: { basePath: parent, versions: [directory], ignored: [] },
          versions: [directory],
        },
      ],
    };
  }
  if (discovery.problem !== undefined || isBasePath(discovery, fs)) {
    return {
      path,
      role: "model",
      models: [{ name, basePath: path, discovery, versions: discovery.versions }],
    };
  }
  const models: FoundModel[] = [];
  collect(
    path,
    discovery,
    fs,
    options.tfsVersion,
    options.depth ?? 4,
    models,
    new Set([safeRealPath(path, fs)]),
  );
  if (models.length > 0) return { path, role: "repository", models };
  return { path, role: "nothing", models: [{ name, basePath: path, discovery, versions: [] }] };
}

/** Numbers below it, and at least one that is more than a folder of the year (or a child that is a misnamed export). */
function isBasePath(discovery: Discovery, fs: ModelFileSystem): boolean {
  if (discovery.versions.length > 0) return true;
  return discovery.ignored.some(
    ({ name, kind }) =>
      isVersionLike(name) && kind !== "file" && holdsSavedModel(joinPath(discovery.basePath, name), fs),
  );
}

/** Names that somebody meant as a version: `v1`, `1.0`, `1_0`, `version-3`, `latest`. */
export function isVersionLike(name: string): boolean {
  return /^(v|ver|version|rev|r)?[-_. ]?[0-9][0-9._-]*([-_.]?(tmp|bak|old|new|copy))?$|^(latest|current|stable|prod(uction)?)$/i.test(
    name,
  );
}

function holdsSavedModel(path: string, fs: ModelFileSystem): boolean {
  try {
    fs.lstat(joinPath(path, "saved_model.pb"));
    return true;
  } catch {
    // another form, or half of one
  }
  try {
    return looksLikeSavedModel(fs.readDirectory(path).map(({ name }) => name));
  } catch {
    return false;
  }
}

function safeRealPath(path: string, fs: ModelFileSystem): string {
  try {
    return fs.realPath(path);
  } catch {
    return path;
  }
}

function collect(
  path: string,
  discovery: Discovery,
  fs: ModelFileSystem,
  tfsVersion: string | undefined,
  depth: number,
  into: FoundModel[],
  seen: Set<string>,
): void {
  if (depth === 0) return;
  for (const { name, kind } of discovery.ignored) {
    if (kind === "file" || SKIPPED.has(name)) continue;
    const child = joinPath(path, name);
    if (kind === "symlink") {
      const target = safeRealPath(child, fs);
      if (seen.has(target)) continue;
      seen.add(target);
    } else if (kind !== "directory") continue;
    const inner = discoverVersions(child, fs, tfsVersion === undefined ? {} : { tfsVersion });
    if (inner.problem instanceof ModelReadError) continue;
    const names = namesOf(inner);
    if (inner.versions.length === 0 && looksLikeSavedModel(names)) {
      into.push({ name, basePath: child, discovery: inner, versions: [], unversioned: true });
    } else if (isModelFolder(inner, fs)) {
      into.push({ name, basePath: child, discovery: inner, versions: inner.versions });
    } else collect(child, inner, fs, tfsVersion, depth - 1, into, seen);
  }
}

/** Deeper down a number alone is no proof (`photos/2024`): one of them must hold something of a SavedModel. */
function isModelFolder(discovery: Discovery, fs: ModelFileSystem): boolean {
  if (discovery.versions.length === 0) return isBasePath(discovery, fs);
  return discovery.versions.some(({ path, kind }) => kind !== "file" && holdsSavedModel(path, fs));
}
