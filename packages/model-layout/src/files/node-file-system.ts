import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import {
  compareBytewise,
  type DirectoryEntry,
  type FileKind,
  type FileStat,
  FileSystemError,
  type ModelFileSystem,
  type OpenFile,
} from "./model-file-system.ts";

function kindOf(entry: Dirent | Stats): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "symlink";
  if (entry.isFIFO()) return "fifo";
  if (entry.isSocket()) return "socket";
  if (entry.isCharacterDevice() || entry.isBlockDevice()) return "device";
  return "other";
}

function guarded<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof FileSystemError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new FileSystemError(typeof code === "string" ? code : "EIO", path);
  }
}

class NodeFile implements OpenFile {
  readonly size: number;
  readonly #path: string;
  #descriptor: number;

  constructor(path: string, descriptor: number, size: number) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.size = size;
  }

  read(target: Uint8Array, position: number): number {
    try {
      return readSync(this.#descriptor, target, 0, target.length, position);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      throw new FileSystemError(typeof code === "string" ? code : "EIO", this.#path);
    }
  }

  close(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    closeSync(descriptor);
  }
}

const stated = (stats: Stats): FileStat => ({ kind: kindOf(stats), size: stats.size });

/** The machine's own files. */
export const nodeFileSystem: ModelFileSystem = {
  lstat: (path) => guarded(path, () => stated(lstatSync(path))),
  stat: (path) => guarded(path, () => stated(statSync(path))),
  readDirectory: (path) =>
    guarded(path, () => {
      const entries: DirectoryEntry[] = [];
      let sorted = true;
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const { name } = entry;
        const last = entries.at(-1);
        sorted &&= last === undefined || compareBytewise(last.name, name) < 0;
        entries.push({ name, kind: kindOf(entry) });
      }
      return sorted ? entries : entries.sort((a, b) => compareBytewise(a.name, b.name));
    }),
  open: (path) =>
    guarded(path, () => {
      // Without O_NONBLOCK the open of a FIFO waits for a writer.
      const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const stats = fstatSync(descriptor);
        if (stats.isDirectory()) throw new FileSystemError("EISDIR", path);
        if (!stats.isFile()) throw new FileSystemError("NOT_A_FILE", path);
        return new NodeFile(path, descriptor, stats.size);
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
    }),
  realPath: (path) => guarded(path, () => realpathSync(path)),
};
