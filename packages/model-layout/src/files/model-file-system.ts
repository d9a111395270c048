/** What a path is, without following it further than asked. */
export type FileKind = "file" | "directory" | "symlink" | "fifo" | "socket" | "device" | "other";

/** What a file system says of a path. */
export interface FileStat {
  readonly kind: FileKind;
  /** Bytes; meaningful for regular files. */
  readonly size: number;
}

/** A child of a directory; a link as such, not as what it leads to. */
export interface DirectoryEntry {
  readonly name: string;
  /** As `lstat` would say: a link is `symlink`, whatever it points to. */
  readonly kind: FileKind;
}

/** A regular file opened for reading. */
export interface OpenFile {
  /** Bytes when it was opened. */
  readonly size: number;
  /**
   * Fills `target` from `position` on; returns how many bytes were there (fewer at the end of the file).
   * @throws FileSystemError
   */
  read(target: Uint8Array, position: number): number;
  close(): void;
}

/** Codes as Node names them, and two of our own: a path that is no regular file, and a file that shrank while read. */
export type FileErrorCode =
  | "ENOENT"
  | "EACCES"
  | "EPERM"
  | "ENOTDIR"
  | "EISDIR"
  | "ELOOP"
  | "ENAMETOOLONG"
  | "EIO"
  | "NOT_A_FILE"
  | "SHRANK"
  | (string & {});

/** Every failure of a {@link ModelFileSystem}. */
export class FileSystemError extends Error {
  readonly code: FileErrorCode;
  readonly path: string;
  /** The message without the path. */
  readonly reason: string;

  constructor(code: FileErrorCode, path: string, reason = describeFileError(code)) {
    super(`${path}: ${reason}`);
    this.name = "FileSystemError";
    this.code = code;
    this.path = path;
    this.reason = reason;
  }
}

/** A code in words, as the end of a sentence. */
export function describeFileError(code: FileErrorCode): string {
  switch (code) {
    case "ENOENT":
      return "no such file or directory";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOTDIR":
      return "not a directory";
    case "EISDIR":
      return "is a directory";
    case "ELOOP":
      return "too many levels of symbolic links";
    case "ENAMETOOLONG":
      return "name too long";
    case "ENOSPC":
      return "no space left on the device";
    // Node has no names for some of Linux' errors.
    case "EDQUOT":
    case "Unknown system error -122":
      return "the disk quota is used up";
    case "ESTALE":
    case "Unknown system error -116":
      return "the network file system has lost the file";
    case "EXDEV":
      return "on another file system";
    case "EEXIST":
      return "there already";
    case "ETXTBSY":
      return "in use";
    case "EROFS":
      return "the file system is read-only";
    case "EBUSY":
      return "in use, or a mount point";
    case "EMFILE":
    case "ENFILE":
      return "too many open files";
    case "EIO":
      return "the device could not read or write";
    case "NOT_A_FILE":
      return "not a regular file";
    case "SHRANK":
      return "the file became shorter while it was read";
    default:
      return code;
  }
}

/**
 * The few calls by which model folders are read; synchronous, so that one walk is one consistent pass. Inject your own
 * to read archives or to simulate failures. Every method throws {@link FileSystemError} and nothing else; none blocks
 * on a FIFO or device.
 */
export interface ModelFileSystem {
  /** The path itself. */
  lstat(path: string): FileStat;
  /** What the path leads to, links followed. */
  stat(path: string): FileStat;
  /** Children of a directory in byte order of their names. */
  readDirectory(path: string): readonly DirectoryEntry[];
  /** Opens a regular file (links followed); anything else is refused with `NOT_A_FILE` or `EISDIR`, without blocking. */
  open(path: string): OpenFile;
  /** The path with all links resolved. */
  realPath(path: string): string;
}

/** Most bytes that are read in one piece. */
export const LARGEST_READ = 0x7fffffff;

/** Reads a whole regular file of at most `limit` bytes. @throws FileSystemError (`EFBIG` beyond the limit) */
export function readWholeFile(fs: ModelFileSystem, path: string, limit = LARGEST_READ): Uint8Array {
  const file = fs.open(path);
  try {
    return readAll(file, path, limit);
  } finally {
    file.close();
  }
}

/** All bytes of an open file of at most `limit`. @throws FileSystemError (`EFBIG` beyond the limit) */
export function readAll(file: OpenFile, path: string, limit = LARGEST_READ): Uint8Array {
  if (file.size > limit) throw new FileSystemError("EFBIG", path, `larger than ${limit} bytes`);
  const bytes = new Uint8Array(file.size);
  if (readFully(file, bytes, 0) < bytes.length) throw new FileSystemError("SHRANK", path);
  return bytes;
}

/** Reads until `target` is full or the file ends; returns the bytes read. */
export function readFully(file: OpenFile, target: Uint8Array, position: number): number {
  let done = 0;
  while (done < target.length) {
    const got = file.read(done === 0 ? target : target.subarray(done), position + done);
    if (got <= 0) break;
    done += got;
  }
  return done;
}

/** `folder/name`, with one slash between. */
export function joinPath(folder: string, ...names: readonly string[]): string {
  let path = folder;
  for (const name of names) path = path === "" ? name : path.endsWith("/") ? path + name : `${path}/${name}`;
  return path;
}

/** Last component of a path (trailing slashes ignored). */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

const HIGH = /[\ud800-\uffff]/;

/** Byte order of the UTF-8 forms, which for valid text is the order of code points. */
export function compareBytewise(a: string, b: string): number {
  // Nearly always there are none of the letters whose UTF-16 has another order.
  if (!HIGH.test(a) && !HIGH.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    let left = a.charCodeAt(at);
    let right = b.charCodeAt(at);
    if (left !== right) {
      // Surrogates stand for code points above all others.
      if (left >= 0xd800 && right >= 0xd800) {
        if (left >= 0xe000) left -= 0x800;
        else left += 0x2000;
        if (right >= 0xe000) right -= 0x800;
        else right += 0x2000;
      }
      return left - right;
    }
  }
  return a.length - b.length;
}
