import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { UserError } from "@servable/diagnostics";
import { makeFolder } from "./make-folder.ts";
import { temporaryName } from "./temporary-name.ts";

/** One file of a set. */
export interface SetFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly contents: string;
  readonly mode?: number;
}

const SWAP = ".servable-swap";
/** A file on its way; left behind only by a killed run. */
const TEMPORARY = /\.[0-9a-f]{12}\.servable-tmp$/;

function syncFolder(path: string): void {
  try {
    const descriptor = openSync(path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Not every system can sync a folder; the renames are atomic all the same.
  }
}

function writeSynced(path: string, contents: string | Uint8Array, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, "wx", mode);
  try {
    const bytes = typeof contents === "string" ? Buffer.from(contents) : contents;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  // The mask of the process must not decide.
  chmodSync(path, mode);
}

/** Puts something at a path in one step, whatever is there. */
function placeLink(target: string, path: string): void {
  const temporary = temporaryName(path);
  symlinkSync(target, temporary);
  renameSync(temporary, path);
}

const linkInto = (outDir: string, path: string): string => {
  const from = dirname(join(outDir, path));
  return relative(from, join(outDir, SWAP, "current", path))
    .split(sep)
    .join("/");
};

const isOurLink = (outDir: string, path: string): boolean => {
  try {
    return readlinkSync(join(outDir, path)) === linkInto(outDir, path);
  } catch {
    return false;
  }
};

const modeOf = (path: string): number | undefined => {
  try {
    const status = lstatSync(path);
    return status.isFile() ? status.mode & 0o777 : undefined;
  } catch {
    return undefined;
  }
};

function walk(folder: string, prefix = ""): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? walk(folder, path) : [path];
  });
}

/**
 * Turns the links of a started swap back into plain files: of the old set where `current` still points at it, of the
 * new set otherwise. Also what mends a run that was killed.
 */
export function settleArtifacts(outDir: string): void {
  if (!existsSync(outDir)) return;
  for (const name of readdirSync(outDir)) {
    // Staged, but never begun.
    if (name.startsWith(`${SWAP}.`) || TEMPORARY.test(name))
      rmSync(join(outDir, name), { recursive: true, force: true });
  }
  const swap = join(outDir, SWAP);
  if (!existsSync(swap)) return;
  let side = "old";
  try {
    if (readlinkSync(join(swap, "current")) === "new") side = "new";
  } catch {
    // Killed before the first link: the old files are all in place.
  }
  const set = join(swap, side);
  const other = join(swap, side === "old" ? "new" : "old");
  const own = existsSync(set) ? walk(set) : [];
  for (const path of own) if (isOurLink(outDir, path)) renameSync(join(set, path), join(outDir, path));
  const known = new Set(own);
  for (const path of existsSync(other) ? walk(other) : []) {
    // A file of the other set only: its link dangles.
    if (!known.has(path) && isOurLink(outDir, path)) unlinkSync(join(outDir, path));
  }
  rmSync(swap, { recursive: true, force: true });
  syncFolder(outDir);
}

/**
 * Writes a set of files into a folder so that a reader (or a crash at any moment) sees the whole old set or the whole
 * new one, never a mix. Files that change are first replaced by links to a copy of the old set, then one rename turns
 * all links to the new set, then the links become plain files again.
 * @param remove files of an earlier set that the new one no longer has
 * @throws UserError where the folder cannot be written
 */
export function writeArtifactSet(
  outDir: string,
  files: readonly SetFile[],
  remove: readonly string[] = [],
): void {
  try {
    makeFolder(outDir);
    settleArtifacts(outDir);
    const changed = files.filter(({ path, contents, mode }) => {
      const there = join(outDir, path);
      if (modeOf(there) !== (mode ?? 0o644)) return true;
      return readFileSync(there, "utf8") !== contents;
    });
    const gone = remove.filter((path) => modeOf(join(outDir, path)) !== undefined);
    const [only] = changed;
    if (only === undefined && gone.length === 0) return;
    if (only !== undefined && changed.length === 1 && gone.length === 0) {
      const temporary = temporaryName(join(outDir, only.path));
      writeSynced(temporary, only.contents, only.mode ?? 0o644);
      renameSync(temporary, join(outDir, only.path));
      syncFolder(dirname(join(outDir, only.path)));
      return;
    }
    const swap = join(outDir, SWAP);
    const staging = join(outDir, temporaryName(SWAP));
    for (const { path, contents, mode } of changed)
      writeSynced(join(staging, "new", path), contents, mode ?? 0o644);
    mkdirSync(join(staging, "old"), { recursive: true });
    for (const path of [...changed.map((file) => file.path), ...gone]) {
      const there = join(outDir, path);
      const mode = modeOf(there);
      if (mode !== undefined) writeSynced(join(staging, "old", path), readFileSync(there), mode);
      mkdirSync(dirname(there), { recursive: true });
    }
    symlinkSync("old", join(staging, "current"));
    renameSync(staging, swap);
    for (const path of [...changed.map((file) => file.path), ...gone])
      placeLink(linkInto(outDir, path), join(outDir, path));
    syncFolder(outDir);
    // The one step in which the set changes.
    placeLink("new", join(swap, "current"));
    syncFolder(swap);
    settleArtifacts(outDir);
    for (const path of gone) {
      try {
        rmdirSync(dirname(join(outDir, path)));
      } catch {
        // Not empty: not ours to remove.
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError("cannot-write", `cannot write to ${outDir}: ${message}`, {
      hint:
        code === "EACCES" || code === "EPERM"
          ? "check who owns the folder, or choose another with --out"
          : "choose another folder with --out",
      cause: error,
    });
  }
}
