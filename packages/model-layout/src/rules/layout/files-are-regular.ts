import { walkFiles } from "../../files/walk-files.ts";
import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { folder, some, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "layout/files-are-regular",
  level: "quick",
  summary: "everything in a version directory is a readable file or folder",
  severity: "error",
  effect: "load-fails",
  why: "Before it loads a version the server adds up the sizes of all files below it; a dangling link or an unreadable folder fails the load, a link to a folder above makes that walk endless, and reading from a FIFO blocks the loading thread.",
  mend: "Replace links and special files by the files that are meant, and let the server's user read them all.",
  evidence: ["tensorflow/serving: servables/tensorflow/util.cc:277-351 (GetModelDiskSize)"],
  examples: {
    bad: [
      folder("a link that leads nowhere", {
        "m/1/saved_model.pb": "SavedModel",
        "m/1/assets/vocab.txt": "-> /gone/vocab.txt",
      }),
    ],
    good: [folder("files", { "m/1/saved_model.pb": "SavedModel", "m/1/assets/vocab.txt": "text" })],
  },
  *check(context) {
    if (context.level === "quick") {
      // Only what the listings tell, which other rules need anyway.
      for (const where of ["", "variables", "assets", "assets.extra"]) {
        const listing = where === "" ? undefined : context.listing(where);
        if (listing instanceof ModelReadError) yield unreadable(context.file(where), listing.reason);
        for (const { name, kind } of context.list(where)) {
          const path = where === "" ? name : `${where}/${name}`;
          if (kind === "file" || kind === "directory") continue;
          if (kind !== "symlink") yield special(context.file(path), kind);
          else {
            const target = context.stat(path);
            if (!target.ok) yield broken(context.file(path), target.error.cause);
          }
        }
      }
      return;
    }
    const denied = new Map<
      string,
      { readonly names: string[]; readonly path: string; readonly reason: string }
    >();
    for (const { path, kind, message } of walkFiles(context.path, context.fs).problems) {
      if (path === context.path) continue; // layout/version-is-directory
      if (kind === "unreadable") {
        // A folder without search permission hides all that is in it.
        const slash = path.lastIndexOf("/");
        const key = `${path.slice(0, slash)}\n${message}`;
        const others = denied.get(key);
        if (others === undefined) denied.set(key, { names: [path.slice(slash + 1)], path, reason: message });
        else others.names.push(path.slice(slash + 1));
        continue;
      }
      yield {
        file: path,
        ...(kind === "name" ? { severity: "warning" as const } : {}),
        message,
        help: HELP[kind],
      };
    }
    for (const { names, path, reason } of denied.values()) {
      if (names.length === 1) yield unreadable(path, reason);
      else
        yield {
          file: path.slice(0, path.lastIndexOf("/")),
          message: `${some(names)} in it can't be looked into: ${reason}`,
          help: "The load fails. Let the server's user read the files and search the folder (chmod a+rX).",
        };
    }
  },
});

const HELP = {
  loop: "The server follows links when it adds up sizes. Remove the link.",
  special: "Replace it by the file that is meant: the server would block or fail on it.",
  dangling: "The load fails on it. Put the file there, or remove the link.",
  vanished: "It vanished while the folder was read: somebody copies or removes it right now.",
  "too-deep": "The server walks all of it before it loads the version. Remove it.",
  name: "The server takes any bytes for a name, but many tools that copy or pack files don't. Rename it, or remove it.",
} as const;

const unreadable = (file: string, reason: string): { file: string; message: string; help: string } => ({
  file,
  message: `can't be read: ${reason}`,
  help: "The load fails on it: the server adds up the sizes of all files first. Let the server's user read it (chmod a+rX).",
});

const special = (file: string, kind: string): { file: string; message: string; help: string } => ({
  file,
  message: `is a ${kind}, not a regular file`,
  help: "Replace it by the file that is meant: the server would block or fail on it.",
});

const broken = (file: string, cause: unknown): { file: string; message: string; help: string } => ({
  file,
  message:
    (cause as { readonly code?: unknown } | undefined)?.code === "ELOOP"
      ? "is a symbolic link that leads back to itself"
      : "is a symbolic link to something that does not exist",
  help: "The load fails on it. Put the file there, or remove the link.",
});
