import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { UserError } from "@servable/diagnostics";
import type { Context } from "./context.ts";

/** Text protos and specs are small; what is larger is a mistake. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/** A path as the user meant it, absolute. */
export const absolute = (context: Context, path: string): string =>
  isAbsolute(path) ? path : join(context.cwd, path);

/** How a path is shown: relative to the working folder where it lies below it, with `/`. */
export function shownPath(context: Context, path: string): string {
  const from = relative(context.cwd, absolute(context, path));
  const shown =
    from === "" ? "." : from === ".." || from.startsWith(`..${sep}`) || isAbsolute(from) ? path : from;
  return sep === "/" ? shown : shown.split(sep).join("/");
}

async function readStdin(context: Context): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.stdin) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_TEXT_BYTES) throw new UserError("too-large", "standard input is larger than 256 MiB");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "its links lead in a circle",
};

/** Why a file could not be read, in words. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? message;
};

/**
 * Bytes of a file that was named.
 * @param path absolute
 * @param shown as it was named
 * @throws UserError, exit code 2
 */
export function readNamedFile(path: string, shown: string): Uint8Array {
  try {
    const status = statSync(path);
    // A FIFO or device would block or never end.
    if (!status.isFile() && !status.isDirectory())
      throw new UserError("not-a-file", `${shown} is not a regular file`);
    if (status.size > MAX_TEXT_BYTES) throw new UserError("too-large", `${shown} is larger than 256 MiB`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("cannot-read", `cannot read ${shown}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Bytes of a file, or of standard input for `-`. @throws UserError, exit code 2 */
export async function readInput(context: Context, path: string): Promise<Uint8Array> {
  return path === "-" ? readStdin(context) : readNamedFile(absolute(context, path), path);
}
