import { closeSync, fsyncSync, mkdirSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FileSystemError } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { type WalkedFile, walkFiles } from "../files/walk-files.ts";
import { syncPath } from "../files/write-atomically.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { crc32c } from "../table/crc32c.ts";

export interface Copied {
  readonly files: number;
  readonly bytes: number;
}

interface Source extends WalkedFile {
  /** Size and time of the last change. */
  readonly state: string;
}

/** What there is to copy. @throws ModelReadError where anything in the tree can't be read as a file */
function sourcesOf(folder: string): { readonly sources: Source[]; readonly folders: readonly string[] } {
  const { files, folders, problems } = walkFiles(folder, nodeFileSystem);
  const problem = problems[0];
  if (problem !== undefined) throw new ModelReadError("unreadable", problem.path, problem.message);
  const sources = files.map((file) => {
    const { size, mtimeNs } = statSync(join(folder, file.path), { bigint: true });
    return { ...file, state: `${size} ${mtimeNs}` };
  });
  return { sources, folders };
}

/** Copies one file, flushed; returns its size and the checksum of what was written. */
function copyFlushed(
  from: string,
  to: string,
  onBytes: ((bytes: number) => void) | undefined,
): { size: number; crc: number } {
  const source = nodeFileSystem.open(from);
  try {
    const target = openSync(to, "wx", 0o644);
    try {
      const buffer = new Uint8Array(1 << 20);
      let size = 0;
      let crc = 0;
      // No further than it was when it was opened: a log that grows would never end.
      while (size < source.size) {
        const got = source.read(buffer, size);
        if (got === 0) throw new FileSystemError("SHRANK", from);
        const chunk = buffer.subarray(0, Math.min(got, source.size - size));
        let done = 0;
        while (done < chunk.length) done += writeSync(target, chunk, done, chunk.length - done);
        crc = crc32c(chunk, crc);
        size += chunk.length;
        onBytes?.(chunk.length);
      }
      fsyncSync(target);
      return { size, crc };
    } finally {
      closeSync(target);
    }
  } finally {
    source.close();
  }
}

function checksumOf(path: string): number {
  const descriptor = openSync(path, "r");
  try {
    const buffer = new Uint8Array(1 << 20);
    let crc = 0;
    for (let at = 0; ; ) {
      const got = readSync(descriptor, buffer, 0, buffer.length, at);
      if (got === 0) return crc;
      crc = crc32c(buffer.subarray(0, got), crc);
      at += got;
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies a folder with all that its links lead to into one that is not there yet; every file is flushed and compared
 * with what was read.
 * @param onTotal told once how many bytes there are, and how many of them lie in data files of variables
 * @throws ModelReadError (`changed` where somebody writes to the folder meanwhile), FileSystemError, system errors
 */
export function copyTree(
  folder: string,
  target: string,
  options: {
    readonly onTotal?: (bytes: number, data: number) => void;
    readonly onBytes?: (bytes: number) => void;
  },
): Copied {
  const { sources, folders } = sourcesOf(folder);
  const sum = (files: readonly Source[]): number => files.reduce((all, { size }) => all + size, 0);
  options.onTotal?.(sum(sources), sum(sources.filter(({ path }) => /^variables\/.*\.data-/.test(path))));
  // Empty ones too: the copy is the export.
  const made = [target, ...folders.map((path) => join(target, path))];
  for (const path of made) mkdirSync(path);
  let bytes = 0;
  for (const { path } of sources) {
    const to = join(target, path);
    const { size, crc } = copyFlushed(join(folder, path), to, options.onBytes);
    if (checksumOf(to) !== crc)
      throw new ModelReadError("checksum", to, "reads back other bytes than were written");
    bytes += size;
  }
  const changed = firstChange(sources, sourcesOf(folder).sources);
  if (changed !== undefined) {
    throw new ModelReadError("changed", join(folder, changed), "changed while it was copied", {
      hint: "publish when whoever writes the export is done",
    });
  }
  for (const path of made.reverse()) syncPath(path);
  return { files: sources.length, bytes };
}

function firstChange(before: readonly Source[], after: readonly Source[]): string | undefined {
  const states = new Map(after.map(({ path, state }) => [path, state]));
  for (const { path, state } of before) {
    if (states.get(path) !== state) return path;
    states.delete(path);
  }
  return states.keys().next().value;
}
