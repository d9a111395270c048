import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { FileSystemError } from "./model-file-system.ts";

/**
 * Makes a folder and those above it; returns the ones that were not there, the outermost first. Node's own recursive
 * mkdir never ends below /proc, and takes a read-only file system for a missing folder.
 * @throws FileSystemError and what the system says; nothing is left of a try that failed
 */
export function makeFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      if (!statSync(folder).isDirectory()) throw new FileSystemError("ENOTDIR", folder);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || folder === dirname(folder)) throw error;
      missing.unshift(folder);
    }
  }
  const made: string[] = [];
  try {
    for (const folder of missing) {
      try {
        mkdirSync(folder);
        made.push(folder);
      } catch (error) {
        // Somebody else was faster, or it is a link that leads nowhere.
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "EEXIST") throw error;
        if (!isFolder(folder)) throw new FileSystemError("EEXIST", folder, "is a link that leads nowhere");
      }
    }
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
  return made;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Removes folders as {@link makeFolders} names them, as far as nothing lies in them. */
export function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}
