import {
  findModels,
  holdsSavedModel,
  isUnfinished,
  isVersionLike,
  looksLikeSavedModel,
} from "../../discovery/find-models.ts";
import { parseVersionName } from "../../discovery/version-name.ts";
import { baseName, joinPath } from "../../files/model-file-system.ts";
import { basePathRule, folder, quoted, some } from "../model-rule.ts";
import type { ModelContext } from "../version-context.ts";
import { archives, foreignModel, type Instead } from "./foreign-model.ts";
import { suggestedVersion, whyNoVersion } from "./why-no-version.ts";

/** Why there is no version: what lies in the base path instead, and what to do about it. */
function cause({ model, fs, target }: ModelContext): Instead {
  const unfinished = model.discovery.ignored.map(({ name }) => name).filter(isUnfinished);
  const ignored = model.discovery.ignored.filter(({ name }) => !isUnfinished(name));
  const names = ignored.map(({ name }) => name);
  const here = baseName(model.basePath);
  if (names.some((name) => name === "variables.index" || /^variables\.data-\d+-of-\d+$/.test(name)))
    return {
      message:
        "base path is the variables folder of a version: its children are data files, none of them a version",
      help: "Give the folder two levels above it, the one that holds the numbers, as base path.",
    };
  if (looksLikeSavedModel(names)) {
    if (parseVersionName(here, target.tfsVersion) !== undefined) {
      return {
        message: `base path ends in the version directory ${quoted(here)}: its children are the SavedModel's own files, none of them a version`,
        help: "Give the folder above it as base path.",
      };
    }
    return {
      message: `the ${names.some((name) => name.startsWith("saved_model.")) || !names.includes("model.tflite") ? "SavedModel" : "TFLite model"} lies directly in the base path, without a version directory`,
      help: `Move its files into a folder whose name is a number, such as ${quoted(joinPath(here, "1"))}.`,
    };
  }
  const folders = ignored.filter(({ kind }) => kind !== "file");
  const meant = folders
    .filter(({ name }) => holdsSavedModel(joinPath(model.basePath, name), fs))
    .map(({ name }) => name);
  if (meant.length > 0) return misnamed(meant, target.tfsVersion);
  const inner = findModels(model.basePath, fs, { tfsVersion: target.tfsVersion, depth: 2 });
  const below = inner.role === "repository" ? inner.models.filter(({ versions }) => versions.length > 0) : [];
  if (below.length > 0) {
    const paths = below.map(({ basePath }) => basePath.slice(model.basePath.length).replace(/^\/+/, ""));
    return {
      message: `base path is one level too high: the versions lie below ${some(paths)}`,
      help: `Give ${quoted(below[0]?.basePath ?? "")} as base path.`,
    };
  }
  const numbers = folders.map(({ name }) => name).filter(isVersionLike);
  if (numbers.length > 0) return misnamed(numbers, target.tfsVersion);
  const foreign = foreignModel(names);
  if (foreign !== undefined)
    return {
      message: `base path holds no version directory: ${foreign.message}`,
      help: `${foreign.help} Put it into a child folder whose name is a number.`,
    };
  const packed = archives(names);
  if (packed.length > 0) {
    return {
      message: `base path holds only the archive ${some(packed)}, no version directory`,
      help: "The server does not unpack archives. Unpack it into a folder whose name is a number.",
    };
  }
  if (names.length === 0 && unfinished.length > 0) {
    return {
      message: `base path holds no version directory yet, only ${some(unfinished)}, which a publisher fills or has left`,
      help: "Wait until `servable publish` is done; what is left of one that was killed the next one removes.",
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

/** Folders that were meant as versions. */
function misnamed(names: readonly string[], tfsVersion: string): Instead {
  const [first = ""] = names;
  const number = suggestedVersion(first);
  return {
    message: `no child of the base path is a version: ${some(names)} ${names.length === 1 ? "is" : "are"} no plain number${names.length === 1 ? whyNoVersion(first, tfsVersion) : ""}`,
    help: `The server passes over every name that is not a decimal number. Rename ${quoted(first)} to ${quoted(number)}.`,
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
