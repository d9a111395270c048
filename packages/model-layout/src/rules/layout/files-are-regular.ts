import { walkFiles } from "../../files/walk-files.ts";
import { folder, versionRule } from "../model-rule.ts";

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
    for (const { path, kind, message } of walkFiles(context.path, context.fs).problems) {
      if (path === context.path) continue; // layout/version-is-directory
      if (kind === "name") {
        yield {
          file: path,
          severity: "warning",
          message,
          help: "The server takes any bytes for a name, but many tools that copy or pack files don't. Rename it, or remove it.",
        };
        continue;
      }
      yield {
        file: path,
        message,
        help:
          kind === "loop"
            ? "The server follows links when it adds up sizes. Remove the link."
            : kind === "special"
              ? "Replace it by the file that is meant: the server would block or fail on it."
              : kind === "dangling"
                ? "The load fails on it. Put the file there, or remove the link."
                : kind === "vanished"
                  ? "It vanished while the folder was read: somebody copies or removes it right now."
                  : "The load fails on it. Let the server's user read it.",
      };
    }
  },
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
