import { FileSystemError, type ModelFileSystem, nodeFileSystem, readWholeFile } from "@servable/model-layout";
import { textOfBytes } from "@servable/text-proto";
import type { Mount } from "../api.ts";
import { localPath, schemeOf } from "../base-path.ts";
import { unknownText } from "../embedded/shell-words.ts";

/** Where a path that the server is given leads on this machine. */
export type HostPath =
  | { readonly kind: "local"; readonly path: string }
  /** Another file system (`gs://…`): nothing can be said about it from here. */
  | { readonly kind: "remote"; readonly scheme: string }
  /** A path inside the container that no mount covers: the image may hold it. */
  | { readonly kind: "unmounted" }
  /** A path in a mount all of whose files are known, and it is none of them. */
  | { readonly kind: "absent" }
  /** A volume of which nothing is known here, or a path that only the shell or cluster knows. */
  | { readonly kind: "unknown" };

/** A file that the server would read. */
export type ServerFile =
  | { readonly state: "ok"; readonly text: string; readonly path: string; readonly inside?: boolean }
  | { readonly state: "missing" | "directory" | "unreadable"; readonly path: string; readonly code: string }
  | { readonly state: "elsewhere"; readonly where: HostPath };

/** A text that stands for what a flag names, whatever is on disk: a config that is not written yet. */
export interface Overlay {
  readonly given: string;
  readonly path: string;
  readonly text: string;
  /** It stands inside another file, whose text is the one to look suppressions up in. */
  readonly inside?: boolean;
}

/** A config of more than this is no config. */
const textLimit = 256 * 1024 * 1024;

/** The files of the server as seen from this machine: relative paths from `cwd`, container paths through the mounts. */
export class ServerFiles {
  readonly fs: ModelFileSystem;
  readonly #cwd: string;
  readonly #mounts: readonly Mount[] | undefined;
  readonly #display: (path: string) => string;
  readonly #overlays: readonly Overlay[];

  constructor(options: {
    readonly fs?: ModelFileSystem | undefined;
    readonly cwd: string;
    readonly mounts?: readonly Mount[] | undefined;
    readonly displayPath?: ((path: string) => string) | undefined;
    readonly overlays?: readonly Overlay[] | undefined;
  }) {
    this.#overlays = options.overlays ?? [];
    this.fs = options.fs ?? nodeFileSystem;
    this.#cwd = options.cwd.replace(/(?<=.)\/+$/, "");
    this.#mounts = options.mounts;
    this.#display = options.displayPath ?? ((path) => this.#relative(path));
  }

  #relative(path: string): string {
    const prefix = this.#cwd === "/" ? "/" : `${this.#cwd}/`;
    return path.startsWith(prefix) && path.length > prefix.length ? path.slice(prefix.length) : path;
  }

  /** How diagnostics name a path of this machine. */
  display(path: string): string {
    return this.#display(path);
  }

  /** Paths go through a container's mounts. */
  get inContainer(): boolean {
    return this.#mounts !== undefined;
  }

  resolve(given: string): HostPath {
    if (given.includes(unknownText)) return { kind: "unknown" };
    const scheme = schemeOf(given);
    const local = localPath(given);
    if (local === undefined) return { kind: "remote", scheme: scheme ?? "" };
    const path = normalise(local.startsWith("/") ? local : `${this.#cwd}/${local}`);
    if (this.#mounts === undefined) return { kind: "local", path };
    let best: Mount | undefined;
    for (const mount of this.#mounts) {
      const target = normalise(mount.containerPath);
      const inside = path === target || path.startsWith(target === "/" ? "/" : `${target}/`);
      if (inside && (best === undefined || target.length > normalise(best.containerPath).length))
        best = mount;
    }
    if (best === undefined) return { kind: "unmounted" };
    if (best.hostPath === undefined) return { kind: best.whole === true ? "absent" : "unknown" };
    const host = best.hostPath.startsWith("/") ? best.hostPath : `${this.#cwd}/${best.hostPath}`;
    return { kind: "local", path: normalise(host + path.slice(normalise(best.containerPath).length)) };
  }

  /** Reads a text file as the server would find it. Never throws. */
  read(given: string): ServerFile {
    const overlay = this.#overlays.find(
      (one) => one.given === given || (one.inside === true && one.given === normalise(given)),
    );
    if (overlay !== undefined) {
      const { path, text, inside } = overlay;
      return { state: "ok", path, text, ...(inside === undefined ? {} : { inside }) };
    }
    const where = this.resolve(given);
    if (where.kind === "absent") return { state: "missing", path: given, code: "ENOENT" };
    if (where.kind !== "local") return { state: "elsewhere", where };
    const { path } = where;
    try {
      return { state: "ok", path, text: textOfBytes(readWholeFile(this.fs, path, textLimit)) };
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      const state =
        error.code === "EISDIR"
          ? "directory"
          : error.code === "ENOENT" || error.code === "ENOTDIR"
            ? "missing"
            : "unreadable";
      return { state, path, code: error.code };
    }
  }

  /** What a path of this machine is, links followed; undefined where there is nothing. */
  kind(path: string): string | undefined {
    try {
      return this.fs.stat(path).kind;
    } catch (error) {
      if (error instanceof FileSystemError) return undefined;
      throw error;
    }
  }
}

/** Without `.`, `..`, repeated and trailing slashes. */
export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}
