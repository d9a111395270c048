import { bytesAsFile, type ModelFileSystem } from "@servable/model-layout";

/** A file system in which some files, by absolute path, already have the contents that they are about to get. */
export function overlayFileSystem(
  base: ModelFileSystem,
  files: ReadonlyMap<string, Uint8Array>,
): ModelFileSystem {
  return {
    lstat: (path) => {
      const bytes = files.get(path);
      return bytes === undefined ? base.lstat(path) : { kind: "file", size: bytes.length };
    },
    stat: (path) => {
      const bytes = files.get(path);
      return bytes === undefined ? base.stat(path) : { kind: "file", size: bytes.length };
    },
    readDirectory: (path) => base.readDirectory(path),
    realPath: (path) => (files.has(path) ? path : base.realPath(path)),
    open: (path) => {
      const bytes = files.get(path);
      return bytes === undefined ? base.open(path) : bytesAsFile(bytes);
    },
  };
}
