import { findModels, isVersionLike, looksLikeSavedModel } from "../../discovery/find-models.ts";
import { parseVersionName } from "../../discovery/version-name.ts";
import { baseName, joinPath } from "../../files/model-file-system.ts";
import { basePathRule, folder, quoted, some } from "../model-rule.ts";
import type { ModelContext } from "../version-context.ts";

const ARCHIVE = /\.(zip|tar|tgz|tar\.gz|tar\.bz2|tar\.xz|gz)$/i;

/** Why there is no version: what lies in the base path instead, and what to do about it. */
function cause({ model, fs, target }: ModelContext): { readonly message: string; readonly help: string } {
  const { ignored } = model.discovery;
  const names = ignored.map(({ name }) => name);
  const here = baseName(model.basePath);
  if (looksLikeSavedModel(names)) {
    if (parseVersionName(here, target.tfsVersion) !== undefined) {
      return {
        message: `base path ends in the version directory ${quoted(here)}: its children are the SavedModel's own files, none of them a version`,
        help: "Give the folder above it as base path.",
      };
    }
    return {
      message: "the SavedModel lies directly in the base path, without a version directory",
      help: `Move its files into a folder whose name is a number, such as ${quoted(joinPath(here, "1"))}.`,
    };
  }
  const meant = ignored
    .filter(({ name, kind }) => kind !== "file" && isVersionLike(name))
    .map(({ name }) => name);
  if (meant.length > 0) {
    const digits = /[0-9]+/.exec(meant[0] ?? "")?.[0] ?? "1";
    return {
      message: `no child of the base path is a version: ${some(meant)} ${meant.length === 1 ? "is" : "are"} no plain number`,
      help: `The server passes over every name that is not a decimal number. Rename ${quoted(meant[0] ?? "")} to ${quoted(digits)}.`,
    };
  }
  const archives = names.filter((name) => ARCHIVE.test(name));
  if (archives.length > 0) {
    return {
      message: `base path holds only the archive ${some(archives)}, no version directory`,
      help: "The server does not unpack archives. Unpack it into a folder whose name is a number.",
    };
  }
  const inner = findModels(model.basePath, fs, { tfsVersion: target.tfsVersion, depth: 2 });
  const below = inner.role === "repository" ? inner.models.filter(({ versions }) => versions.length > 0) : [];
  if (below.length > 0) {
    const paths = below.map(({ basePath }) => basePath.slice(model.basePath.length).replace(/^\/+/, ""));
    return {
      message: `base path is one level too high: the versions lie below ${some(paths)}`,
      help: `Give ${quoted(below[0]?.basePath ?? "")} as base path.`,
    };
  }
  if (names.length === 0) {
    return {
      message: "base path is empty: there is no version directory",
      help: "Publish the model as <base path>/1.",
    };
  }
  return {
    message: `base path holds no version directory, only ${some(names)}`,
    help: "Put saved_model.pb and variables/ into a child folder whose name is a number.",
  };
}

export const rule = basePathRule({
  id: "layout/base-path-has-version",
  level: "quick",
  summary: "a base path has a child whose name is a number",
  severity: "error",
  effect: "hangs",
  why: "The server takes only children whose names are decimal numbers for versions. Without one it warns once a second and waits for ever with its ports closed.",
  mend: "Lay the model out as <base path>/<number>/saved_model.pb, and give the folder above the number as base path.",
  evidence: [
    "tensorflow/serving: sources/storage_path/file_system_storage_path_source.cc:87-136,313-318",
    "recorded run of 2.17.1: base path without a numeric child",
  ],
  logTexts: [
    "No versions of servable … found under base path …. Did you forget to name your leaf directory as a number (eg. '/1/')?",
  ],
  symptoms: [1, 2, 3],
  examples: {
    bad: [
      folder("no number", { "models/resnet/v1/saved_model.pb": "SavedModel" }),
      folder("no version directory", { "models/resnet/saved_model.pb": "SavedModel" }),
    ],
    good: [folder("a number", { "models/resnet/1/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    const { model } = context;
    if (model.discovery.problem !== undefined || model.discovery.versions.length > 0) return;
    yield { file: model.basePath, ...cause(context) };
  },
});
