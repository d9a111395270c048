import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import { type FileKind, joinPath, type ModelFileSystem } from "./model-file-system.ts";

/** A file found below a folder. */
export interface WalkedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** What it leads to, links followed; anything but `file` can't be read by the server. */
  readonly kind: FileKind;
  readonly size: number;
}

/** Something in the walk that could not be entered or read. */
export interface WalkProblem {
  readonly path: string;
  readonly kind: "loop" | "unreadable" | "dangling" | "special" | "vanished" | "too-deep" | "name";
  readonly message: string;
}

export interface Walk {
  /** In byte order of their paths below each directory. */
  readonly files: readonly WalkedFile[];
  /** Folders, relative as the files are, those above first; the folder itself is not among them. */
  readonly folders: readonly string[];
  readonly problems: readonly WalkProblem[];
}

const MAX_DEPTH = 64;

/**
 * Every file below a folder, links followed as the server follows them when it adds up sizes; a link that leads back to
 * a folder above itself is reported instead of followed. Never opens a file, so FIFOs and devices don't block.
 */
export function walkFiles(folder: string, fs: ModelFileSystem): Walk {
  const files: WalkedFile[] = [];
  const folders: string[] = [];
  const problems: WalkProblem[] = [];
  const add = (path: string, error: unknown, kind: WalkProblem["kind"] = "unreadable"): void => {
    const read = asReadError(error, path);
    if (!(read instanceof ModelReadError)) throw read;
    // Bytes that are no UTF-8 come out of a listing as U+FFFD, and no file has the name that this makes.
    if (read.fault === "not-found" && path.slice(folder.length).includes("\ufffd")) {
      problems.push({
        path,
        kind: "name",
        message: "has a name that is not UTF-8, so it can't be looked into",
      });
      return;
    }
    problems.push({
      path,
      kind: read.fault === "not-found" && kind === "unreadable" ? "vanished" : kind,
      message: read.reason,
    });
  };
  const visit = (path: string, relative: string, above: readonly string[]): void => {
    let entries: ReturnType<ModelFileSystem["readDirectory"]>;
    try {
      entries = fs.readDirectory(path);
    } catch (error) {
      add(path, error);
      return;
    }
    if (relative !== "") folders.push(relative);
    for (const { name, kind } of entries) {
      const child = joinPath(path, name);
      const below = relative === "" ? name : `${relative}/${name}`;
      try {
        if (kind === "directory") {
          if (above.length >= MAX_DEPTH) {
            problems.push({ path: child, kind: "too-deep", message: `more than ${MAX_DEPTH} folders deep` });
          } else visit(child, below, [...above, ""]);
          continue;
        }
        const stat =
          kind === "symlink" ? follow(child) : kind === "file" ? fs.lstat(child) : { kind, size: 0 };
        if (stat === undefined) continue;
        if (stat.kind === "directory") {
          const target = fs.realPath(child);
          const here = fs.realPath(path);
          if (here === target || here.startsWith(`${target === "/" ? "" : target}/`)) {
            problems.push({
              path: child,
              kind: "loop",
              message: "is a symbolic link to a folder above itself",
            });
          } else if (above.length >= MAX_DEPTH) {
            problems.push({ path: child, kind: "too-deep", message: `more than ${MAX_DEPTH} folders deep` });
          } else visit(child, below, [...above, target]);
          continue;
        }
        if (stat.kind !== "file") {
          problems.push({ path: child, kind: "special", message: `is a ${stat.kind}, not a regular file` });
        }
        files.push({ path: below, kind: stat.kind, size: stat.size });
      } catch (error) {
        add(child, error);
      }
    }
  };
  const follow = (path: string): { kind: FileKind; size: number } | undefined => {
    try {
      return fs.stat(path);
    } catch (error) {
      const read = asReadError(error, path);
      if (!(read instanceof ModelReadError)) throw read;
      const loop = (error as { code?: string }).code === "ELOOP";
      const kind = loop ? "loop" : read.fault === "not-found" ? "dangling" : "unreadable";
      problems.push({
        path,
        kind,
        message: loop
          ? "is a symbolic link that leads back to itself"
          : kind === "dangling"
            ? "is a symbolic link to something that does not exist"
            : read.reason,
      });
      return undefined;
    }
  };
  visit(folder, "", []);
  return { files, folders, problems };
}
