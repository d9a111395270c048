import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "layout/version-is-directory",
  level: "quick",
  summary: "a version is a directory that can be listed",
  severity: "error",
  effect: "load-fails",
  why: "The server takes any child with a numeric name for a version, also a file or a dangling link, makes it the latest, and fails to load it. The version before it keeps serving only if it was loaded already.",
  mend: "Remove the entry, or put the version's folder in its place; let the server's user read it.",
  evidence: [
    "tensorflow/serving: sources/storage_path/file_system_storage_path_source.cc:91-114",
    "recorded runs of 2.17.1: version is a file, a dangling link, unreadable",
  ],
  logTexts: [
    "Error while attempting to reserve resources to load servable …: …; Not a directory",
    "Could not find SavedModel .pb or .pbtxt at supplied export directory path: …",
    "Reserving resources for servable: {name: … version: …} failed: …",
    "Error while attempting to reserve resources to load servable {name: … version: …}: …",
  ],
  examples: {
    bad: [folder("a file", { "m/2": "a regular file" })],
    good: [folder("a folder", { "m/2/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    const listing = context.listing("");
    if (!(listing instanceof ModelReadError)) return;
    const { directory } = context;
    const version = directory === undefined ? "this path" : `version ${directory.version}`;
    const code = (listing.cause as { readonly code?: unknown } | undefined)?.code;
    let message: string;
    let help =
      "It counts as a version all the same: as the highest number it is the one that policy latest loads, and the load fails. Remove it, or put the version's folder there.";
    const kind = directory?.kind ?? "file";
    if (code === "ENOTDIR" || kind === "file")
      message = `${version} is a ${kind === "symlink" || kind === "directory" ? "file" : kind}, not a directory`;
    else if (directory?.kind === "symlink" && code === "ENOENT") {
      message = `${version} is a symbolic link to something that does not exist`;
    } else if (code === "ELOOP") message = `${version} is a symbolic link that leads back to itself`;
    else if (code === "EACCES" || code === "EPERM") {
      message = `${version} can't be listed: permission denied`;
      help =
        "The server then finds no SavedModel in it and the load fails. Let the server's user read and search the folder (chmod a+rX).";
    } else if (code === "ENOENT") {
      message = `${version} vanished while it was read`;
      help = "Somebody removes or replaces it right now. Publish by renaming a finished folder.";
    } else message = `${version} can't be listed: ${listing.reason}`;
    yield { file: context.path, message, help };
  },
});
