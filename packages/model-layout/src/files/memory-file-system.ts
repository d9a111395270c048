import { bytesAsFile } from "./file-read-once.ts";
import {
  compareBytewise,
  type DirectoryEntry,
  type FileStat,
  FileSystemError,
  type ModelFileSystem,
} from "./model-file-system.ts";

/**
 * Files held in memory, by path (`/m/1/saved_model.pb` → bytes); directories follow from the paths. For tests, and for
 * models that come from an archive.
 */
export function memoryFileSystem(files: ReadonlyMap<string, Uint8Array>): ModelFileSystem {
  const children = new Map<string, Map<string, DirectoryEntry>>();
  const clean = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, "") : path);
  for (const path of files.keys()) {
    for (let rest = path, kind: "file" | "directory" = "file"; ; kind = "directory") {
      const slash = rest.lastIndexOf("/");
      if (slash < 0) break;
      const folder = slash === 0 ? "/" : rest.slice(0, slash);
      let entries = children.get(folder);
      if (entries === undefined) {
        entries = new Map();
        children.set(folder, entries);
      }
      const name = rest.slice(slash + 1);
      if (name !== "") entries.set(name, { name, kind });
      if (folder === "/") break;
      rest = folder;
    }
  }
  const stat = (path: string): FileStat => {
    const at = clean(path);
    const bytes = files.get(at);
    if (bytes !== undefined) return { kind: "file", size: bytes.length };
    if (children.has(at)) return { kind: "directory", size: 0 };
    throw new FileSystemError("ENOENT", path);
  };
  return {
    lstat: stat,
    stat,
    readDirectory: (path) => {
      if (stat(path).kind !== "directory") throw new FileSystemError("ENOTDIR", path);
      return [...(children.get(clean(path))?.values() ?? [])].sort((a, b) => compareBytewise(a.name, b.name));
    },
    open: (path) => {
      const bytes = files.get(clean(path));
      if (bytes === undefined)
        throw new FileSystemError(stat(path).kind === "directory" ? "EISDIR" : "ENOENT", path);
      return bytesAsFile(bytes);
    },
    realPath: (path) => {
      stat(path);
      return clean(path);
    },
  };
}
