import { FileSystemError, type ModelFileSystem } from "@servable/model-layout";

/** Bytes of all regular files below a folder, links followed one level; 0 where it cannot be listed. */
export function walkBytes(folder: string, fs: ModelFileSystem, depth = 0): number {
  if (depth > 32) return 0;
  try {
    let bytes = 0;
    for (const { name, kind } of fs.readDirectory(folder)) {
      const path = `${folder}/${name}`;
      if (kind === "directory") bytes += walkBytes(path, fs, depth + 1);
      else if (kind === "file") bytes += fs.stat(path).size;
    }
    return bytes;
  } catch (error) {
    if (error instanceof FileSystemError) return 0;
    throw error;
  }
}
