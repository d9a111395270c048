import { readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { discoverVersions } from "../discovery/discover-versions.ts";
import { looksLikeSavedModel } from "../discovery/find-models.ts";
import { describeFileError } from "../files/model-file-system.ts";
import { syncPath } from "../files/write-atomically.ts";
import type { Int64 } from "../wire/wire-reader.ts";
import { hiddenName } from "./hidden-names.ts";

/** An older version that was to go and is still there. */
export interface NotRemoved {
  readonly path: string;
  /** Why, as the end of a sentence. */
  readonly reason: string;
  /** no-model: nothing says that it is a version of a model; in-use: a link leads to it; failed: the system refuses. */
  readonly because: "no-model" | "in-use" | "failed";
}

/**
 * Removes all but the newest versions: first out of sight by a rename, then from disk. What does not look like a model
 * neither counts nor goes: whatever it is, no publisher put it there. Of a link only the link goes.
 */
export function prune(
  basePath: string,
  keep: number,
  published: Int64,
): { readonly removed: readonly string[]; readonly notRemoved: readonly NotRemoved[] } {
  const { versions, ignored } = discoverVersions(basePath);
  const models = versions.filter(({ path }) => isModel(path));
  const numbers = models.map(({ version }) => BigInt(version)).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  const newest = [...new Set(numbers)].slice(0, keep);
  const oldest = newest.at(-1) ?? BigInt(published);
  const kept = new Set(newest.map(String)).add(String(published));
  const doomed = versions.filter(({ version }) => !kept.has(String(version)));
  const going = new Set(doomed.filter((each) => models.includes(each)).map(({ path }) => path));
  const targets = [...ignored.map(({ name }) => join(basePath, name)), ...versions.map(({ path }) => path)]
    .filter((path) => !going.has(path))
    .flatMap((path) => targetsOf(path));

  const removed: string[] = [];
  const notRemoved: NotRemoved[] = [];
  for (const { path, kind, version } of doomed) {
    const leave = (because: NotRemoved["because"], reason: string): void => {
      notRemoved.push({ path, because, reason });
    };
    if (!going.has(path)) {
      if (BigInt(version) < oldest) leave("no-model", "it holds no SavedModel");
      continue;
    }
    const real = kind === "symlink" ? undefined : realPath(path);
    if (real !== undefined && targets.some((target) => target === real || target.startsWith(`${real}/`))) {
      leave("in-use", "a link beside it leads there");
      continue;
    }
    const aside = join(basePath, hiddenName("removing"));
    try {
      renameSync(path, aside);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // Another publisher was faster.
      if (code === "ENOENT") continue;
      // A folder of a lower layer (overlayfs) can only be removed where it is.
      if (code === "EXDEV" && remove(path) === undefined) removed.push(path);
      else leave("failed", describeFileError(code));
      continue;
    }
    const failure = remove(aside);
    if (failure === undefined) removed.push(path);
    else leave("failed", `${failure}; what is left of it is ${aside}`);
  }
  if (removed.length > 0) syncPath(basePath);
  return { removed, notRemoved };
}

function isModel(path: string): boolean {
  try {
    return looksLikeSavedModel(readdirSync(path));
  } catch {
    return false;
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Where links of the base path lead: itself, or one folder down, as a version that is made of links. */
function targetsOf(path: string): string[] {
  const links: string[] = [];
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isSymbolicLink()) links.push(join(path, entry.name));
  } catch {
    // a file, or a link that leads nowhere
  }
  return [path, ...links].flatMap((link) => realPath(link) ?? []);
}

/** What keeps it from going, in words. */
function remove(path: string): string | undefined {
  try {
    rmSync(path, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    return describeFileError((error as NodeJS.ErrnoException).code ?? "EIO");
  }
}
