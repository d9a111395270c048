import { baseName, joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { type CleanModels, findCleanModels, findCleanVersions } from "../quick/clean-models.ts";
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
  /** With {@link FindModelsOptions.quick}: in none of its so many versions, nor beside them, level `quick` finds anything. */
  readonly cleanVersions?: number;
}

/**
 * How a path was taken. version: it is one version directory; model: a base path; unversioned: a SavedModel folder
 * without a number; repository: a folder of base paths; nothing: no model in it.
 */
export type PathRole = "version" | "model" | "unversioned" | "repository" | "nothing";

/** How {@link findModels} takes a path. */
export interface FindModelsOptions {
  readonly tfsVersion?: string;
  /** Folders to look down for base paths, default 4. */
  readonly depth?: number;
  /** Takes the path as that and nothing else, as the server takes `--model_base_path`. */
  readonly as?: "model" | "version";
  /** For level `quick`: plain and sound models are told at once (`cleanVersions`), and listed when asked. */
  readonly quick?: boolean;
  /** With `quick`: told of clean versions as they are found. */
  readonly onClean?: (versions: number) => void;
}

/** What {@link findModels} found. */
export interface FoundModels {
  readonly path: string;
  readonly role: PathRole;
  readonly models: readonly FoundModel[];
  /** With {@link FindModelsOptions.quick}: version directories that were judged, and whether level `quick` finds nothing in them. */
  readonly judged?: ReadonlyMap<string, boolean>;
}

const MARKERS = new Set([
  "saved_model.pb",
  "saved_model.pbtxt",
  "model.tflite",
  "export.meta",
  "saved_model.cpb",
]);
const HINTS = new Set(["variables", "assets", "assets.extra", "fingerprint.pb", "keras_metadata.pb"]);
/** What is no model, nor holds one. */
const SKIPPED = new Set(["node_modules", ".git", "__pycache__", ".venv", "venv"]);

/** Whether a folder is one that `publish` fills, or empties, or that it left where it was killed. */
export const isUnfinished = (name: string): boolean => /^\.(publishing|removing)-/.test(name);

/** Folders of the system and hidden ones, which nobody but root may list. */
const CLOSED = /^(\.|lost\+found$)/;

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
 * of base paths.
 */
export function findModels(
  path: string,
  fs: ModelFileSystem = nodeFileSystem,
  options: FindModelsOptions = {},
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
    const model = { name, basePath: path, discovery, versions: discovery.versions };
    const known = isQuick(options, fs)
      ? findCleanVersions(discovery, options.onClean ?? (() => {}))
      : undefined;
    const cleanVersions = known?.models.get(path);
    return {
      path,
      role: "model",
      models: [cleanVersions === undefined ? model : { ...model, cleanVersions }],
      ...(known === undefined ? {} : { judged: known.versions }),
    };
  }
  const models: FoundModel[] = [];
  const judged = new Map<string, boolean>();
  const seen = new Set([safeRealPath(path, fs)]);
  collect(path, discovery, fs, options, options.depth ?? 4, models, judged, seen);
  if (models.length > 0) {
    return {
      path,
      role: "repository",
      // The rules have a word for a folder above a single model.
      models: models.length === 1 ? models.map(withoutVerdict) : models,
      ...(isQuick(options, fs) ? { judged } : {}),
    };
  }
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

/** Whether a folder holds a SavedModel, or half of one. */
export function holdsSavedModel(path: string, fs: ModelFileSystem): boolean {
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

const isQuick = ({ quick }: FindModelsOptions, fs: ModelFileSystem): boolean =>
  quick === true && fs === nodeFileSystem;

function collect(
  path: string,
  discovery: Discovery,
  fs: ModelFileSystem,
  options: FindModelsOptions,
  depth: number,
  into: FoundModel[],
  judged: Map<string, boolean>,
  seen: Set<string>,
): void {
  if (depth === 0) return;
  const folders = discovery.ignored.filter(
    ({ name, kind }) => kind !== "file" && !SKIPPED.has(name) && !isUnfinished(name),
  );
  let clean: CleanModels["models"] | undefined;
  if (isQuick(options, fs)) {
    const basePaths = folders.flatMap(({ name, kind }) =>
      kind === "directory" ? [joinPath(path, name)] : [],
    );
    const known = findCleanModels(basePaths, options.onClean ?? (() => {}));
    clean = known.models;
    for (const [version, isClean] of known.versions) judged.set(version, isClean);
  }
  const closed: FoundModel[] = [];
  let models = 0;
  for (const { name, kind } of folders) {
    const child = joinPath(path, name);
    const cleanVersions = clean?.get(child);
    if (cleanVersions !== undefined) {
      into.push(new CleanModel(name, child, cleanVersions, fs, options));
      models++;
      continue;
    }
    if (kind === "symlink") {
      const target = safeRealPath(child, fs);
      if (seen.has(target)) continue;
      seen.add(target);
    } else if (kind !== "directory") continue;
    const inner = discoverVersions(child, fs, options);
    if (inner.problem instanceof ModelReadError) {
      if (inner.problem.fault !== "not-a-file" && !CLOSED.test(name))
        closed.push({ name, basePath: child, discovery: inner, versions: [] });
      continue;
    }
    const names = namesOf(inner);
    if (inner.versions.length === 0 && looksLikeSavedModel(names)) {
      into.push({ name, basePath: child, discovery: inner, versions: [], unversioned: true });
    } else if (isModelFolder(inner, fs)) {
      into.push({ name, basePath: child, discovery: inner, versions: inner.versions });
      models++;
    } else collect(child, inner, fs, options, depth - 1, into, judged, seen);
  }
  // What can't be listed beside base paths is likely one, too.
  if (models > 0) into.push(...closed);
}

/** A model in which there is nothing to find: it is listed again only for who asks. */
class CleanModel implements FoundModel {
  readonly name: string;
  readonly basePath: string;
  readonly cleanVersions: number;
  readonly #list: () => Discovery;
  #discovery: Discovery | undefined;

  constructor(
    name: string,
    basePath: string,
    cleanVersions: number,
    fs: ModelFileSystem,
    options: FindModelsOptions,
  ) {
    this.name = name;
    this.basePath = basePath;
    this.cleanVersions = cleanVersions;
    this.#list = () => discoverVersions(basePath, fs, options);
  }

  get discovery(): Discovery {
    this.#discovery ??= this.#list();
    return this.#discovery;
  }

  get versions(): readonly VersionDirectory[] {
    return this.discovery.versions;
  }
}

const withoutVerdict = (model: FoundModel): FoundModel => ({
  name: model.name,
  basePath: model.basePath,
  discovery: model.discovery,
  versions: model.versions,
  ...(model.unversioned === undefined ? {} : { unversioned: model.unversioned }),
});

/** Deeper down a number alone is no proof (`photos/2024`): one of them must hold something of a SavedModel. */
function isModelFolder(discovery: Discovery, fs: ModelFileSystem): boolean {
  if (discovery.versions.length === 0) return isBasePath(discovery, fs);
  return discovery.versions.some(({ path, kind }) => kind !== "file" && holdsSavedModel(path, fs));
}
