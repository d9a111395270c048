import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolders } from "./make-folders.ts";

/** Flushes a file or directory to disk; directories that can't be opened for that (some systems) are left alone. */
export function syncPath(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(descriptor);
  } catch {
    // not every file system can flush a directory
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a file so that readers see the old one or the new one: beside it under another name, flushed, renamed. */
export function writeAtomically(path: string, chunks: Iterable<Uint8Array>): number {
  const folder = dirname(path);
  makeFolders(folder);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  let bytes = 0;
  try {
    const descriptor = openSync(temporary, "wx");
    try {
      for (const chunk of chunks) {
        let done = 0;
        while (done < chunk.length) done += writeSync(descriptor, chunk, done, chunk.length - done);
        bytes += chunk.length;
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncPath(folder);
  return bytes;
}
