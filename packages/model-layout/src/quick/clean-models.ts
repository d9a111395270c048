import { readdirSync } from "node:fs";
import type { Discovery } from "../discovery/discover-versions.ts";
import { isPlainVersionName } from "../discovery/version-name.ts";
import { findCleanFolders } from "./clean-pool.ts";

/** What is known of models before any rule has run. */
export interface CleanModels {
  /** Base paths in which level `quick` finds nothing, with the number of their versions. */
  readonly models: ReadonlyMap<string, number>;
  /** Of large base paths: version directories, and whether each is clean. */
  readonly versions: ReadonlyMap<string, boolean>;
}

interface ListedModel {
  readonly basePath: string;
  /** Its version directories, where there is nothing else in it and all have plain names. */
  readonly paths: readonly string[] | undefined;
}

/**
 * Which of these base paths are of the plain kind in which no rule of level `quick` finds anything. What are no base paths
 * may be among them.
 *
 * @param onClean told of clean versions as they are found
 */
export function findCleanModels(
  basePaths: readonly string[],
  onClean: (versions: number) => void,
): CleanModels {
  const { clean, large } = findCleanFolders("base-path", basePaths, (_, versions) => onClean(versions));
  const listed = large.map((basePath) => ({ basePath, paths: plainVersions(basePath) }));
  const { models, versions } = judge(listed, onClean);
  return { models: new Map([...clean, ...models]), versions };
}

/** As {@link findCleanModels}, of one model that was listed already. */
export function findCleanVersions(
  { basePath, versions, ignored }: Discovery,
  onClean: (versions: number) => void,
): CleanModels {
  const isPlain =
    ignored.length === 0 &&
    versions.every(({ name, kind }) => isPlainVersionName(name) && kind === "directory");
  const paths = isPlain ? versions.map(({ path }) => path) : undefined;
  return judge([{ basePath, paths }], onClean);
}

function judge(listed: readonly ListedModel[], onClean: (versions: number) => void): CleanModels {
  const models = new Map<string, number>();
  const versions = new Map<string, boolean>();
  const plain = listed.flatMap(({ basePath, paths = [] }) => (paths.length > 0 ? [{ basePath, paths }] : []));
  const all = plain.flatMap(({ paths }) => paths);
  const { clean } = findCleanFolders("version", all, () => onClean(1));
  for (const { basePath, paths } of plain) {
    if (paths.every((path) => clean.has(path))) models.set(basePath, paths.length);
    for (const path of paths) versions.set(path, clean.has(path));
  }
  return { models, versions };
}

function plainVersions(basePath: string): readonly string[] | undefined {
  const paths: string[] = [];
  try {
    for (const entry of readdirSync(basePath, { withFileTypes: true })) {
      if (!isPlainVersionName(entry.name) || !entry.isDirectory()) return undefined;
      paths.push(`${basePath}/${entry.name}`);
    }
  } catch {
    return undefined; // the rules say why
  }
  return paths;
}
