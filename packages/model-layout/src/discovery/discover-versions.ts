import {
  compareBytewise,
  type FileKind,
  joinPath,
  type ModelFileSystem,
} from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import type { Int64 } from "../wire/wire-reader.ts";
import { DEFAULT_TFS_VERSION, parseVersionName } from "./version-name.ts";

/** A child of the base path whose name is a number. The server does not look whether it is a directory. */
export interface VersionDirectory {
  readonly version: Int64;
  /** As on disk, for example `00000123`. */
  readonly name: string;
  readonly path: string;
  /** Of the child itself: `symlink` for a link. */
  readonly kind: FileKind;
}

/** What the server's scan of a base path finds. */
export interface Discovery {
  readonly basePath: string;
  /** By version, ascending; where several names mean one number, each is listed, in byte order. */
  readonly versions: readonly VersionDirectory[];
  /** Children whose names are no number: passed over without a message. */
  readonly ignored: readonly { readonly name: string; readonly kind: FileKind }[];
  /** Why the base path could not be listed: the server logs it at each poll and waits for ever. */
  readonly problem?: ModelReadError;
}

/** A number that several names stand for. */
export interface DuplicateVersion {
  readonly version: Int64;
  /** The name that policies `latest` and `specific` take: the last in byte order. */
  readonly used: VersionDirectory;
  readonly overridden: readonly VersionDirectory[];
}

/** ServableVersionPolicy. `latest` with 0 counts as 1. */
export type VersionPolicy =
  | { readonly kind: "latest"; readonly count?: number }
  | { readonly kind: "all" }
  | { readonly kind: "specific"; readonly versions: readonly Int64[] };

const byVersion = (a: VersionDirectory, b: VersionDirectory): number =>
  a.version < b.version ? -1 : a.version > b.version ? 1 : compareBytewise(a.name, b.name);

/** Lists a base path as FileSystemStoragePathSource does. Never throws: `problem` says why there is nothing. */
export function discoverVersions(
  basePath: string,
  fs: ModelFileSystem = nodeFileSystem,
  options: { readonly tfsVersion?: string } = {},
): Discovery {
  const tfsVersion = options.tfsVersion ?? DEFAULT_TFS_VERSION;
  try {
    const versions: VersionDirectory[] = [];
    const ignored: { name: string; kind: FileKind }[] = [];
    for (const { name, kind } of fs.readDirectory(basePath)) {
      const version = parseVersionName(name, tfsVersion);
      if (version === undefined) ignored.push({ name, kind });
      else versions.push({ version, name, path: joinPath(basePath, name), kind });
    }
    return { basePath, versions: versions.sort(byVersion), ignored };
  } catch (error) {
    const problem = asReadError(error, basePath);
    if (!(problem instanceof ModelReadError)) throw problem;
    return { basePath, versions: [], ignored: [], problem };
  }
}

/** Numbers that more than one name stands for (`1` and `001`). */
export function duplicateVersions(versions: readonly VersionDirectory[]): DuplicateVersion[] {
  const groups = new Map<string, VersionDirectory[]>();
  for (const directory of versions) {
    const key = String(directory.version);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [directory]);
    else group.push(directory);
  }
  const duplicates: DuplicateVersion[] = [];
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const sorted = [...group].sort((a, b) => compareBytewise(a.name, b.name));
    duplicates.push({ version: sorted[0]!.version, used: sorted.at(-1)!, overridden: sorted.slice(0, -1) });
  }
  return duplicates;
}

/**
 * The version directories that a policy aspires, ascending, and the specific versions that are not on disk (a warning
 * of the server, nothing more). Of several names for one number, `latest` takes the last in byte order; so does
 * `specific` where none is the plain number, which it looks for first since 2.17; `all` hands over every one, and the
 * first is what gets loaded (recorded run, against the words of the warning).
 */
export function selectVersions(
  versions: readonly VersionDirectory[],
  policy: VersionPolicy = { kind: "latest", count: 1 },
): { readonly selected: readonly VersionDirectory[]; readonly missing: readonly Int64[] } {
  const chosen = new Map<string, VersionDirectory>();
  for (const directory of [...versions].sort((a, b) => compareBytewise(a.name, b.name))) {
    const key = String(directory.version);
    const first = chosen.get(key);
    const stays =
      policy.kind === "all" ? first !== undefined : policy.kind === "specific" && first?.name === key;
    if (!stays) chosen.set(key, directory);
  }
  const distinct = [...chosen.values()].sort(byVersion);
  switch (policy.kind) {
    case "all":
      return { selected: distinct, missing: [] };
    case "latest":
      return { selected: distinct.slice(-Math.max(1, policy.count ?? 1)), missing: [] };
    case "specific": {
      const wanted = new Set(policy.versions.map(String));
      return {
        selected: distinct.filter(({ version }) => wanted.has(String(version))),
        missing: policy.versions.filter((version) => !chosen.has(String(version))),
      };
    }
  }
}
