import { joinPath } from "../../files/model-file-system.ts";
import { remainsOf } from "../../files/remains-of.ts";
import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { archives, foreignModel, type Instead } from "../layout/foreign-model.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";
import { holdsGraph } from "./recognise.ts";

const FORMS = ["saved_model.pb", "saved_model.pbtxt"];

/** What is there instead of saved_model.pb, and what to do about it. */
function cause(context: VersionContext): Instead {
  const names = context.list("").map(({ name }) => name);
  const missing = "neither saved_model.pb nor saved_model.pbtxt is in the version directory";
  if (names.length === 0)
    return {
      message: "the version directory is empty",
      help: "Put the SavedModel into it, or remove it: the server takes it for a version.",
    };
  return (
    otherName(names) ??
    foreignModel(names.filter((name) => !/^variables\./.test(name))) ??
    deeper(context) ??
    otherProto(context, names) ??
    unfinished(names, missing) ?? {
      message: `${missing}, only ${some(names)}`,
      help: "Export the model into this folder.",
    }
  );
}

/** The file itself, under a name that the server does not look for. */
function otherName(names: readonly string[]): Instead | undefined {
  const find = (test: (name: string) => boolean): string | undefined => names.find(test);
  if (names.includes("saved_model.cpb"))
    return {
      message: "saved_model.cpb is a chunked SavedModel, which open-source builds of the server can't read",
      help: "Keep the graph below 2 GB, with weights as variables, so that it is saved as saved_model.pb.",
    };
  const stub = find((name) => /^\._saved_model\.pb/i.test(name));
  if (stub !== undefined)
    return {
      message: `only ${quoted(stub)} is there: metadata of macOS, not the file itself`,
      help: "Copy saved_model.pb itself; without the `._` files: `COPYFILE_DISABLE=1 tar …`, `dot_clean`.",
    };
  const pointer = find((name) => /^saved_model\.pb(txt)?\.dvc$/i.test(name));
  if (pointer !== undefined)
    return {
      message: `only ${quoted(pointer)} is there: a DVC pointer, not the file itself`,
      help: "Fetch the file (dvc pull).",
    };
  const misspelt = find(
    (name) =>
      /^saved?[-_ ]?model\.(pb|pd|bp|pbtxt|bin)$/i.test(name.trim()) || /^saved?[-_ ]?model$/i.test(name),
  );
  const part = find((name) => FORMS.some((form) => remainsOf(name, form)) && name.trim() === name);
  if (part !== undefined && archives([part]).length > 0)
    return {
      message: `only ${quoted(part)} is there, which is packed`,
      help: "Unpack it to saved_model.pb: the server reads nothing that is packed.",
    };
  if (part !== undefined && !FORMS.includes(part.toLowerCase()))
    return {
      message: `only ${quoted(part)} is there: saved_model.pb was not finished, not unpacked or not renamed`,
      help: "Finish the copy, then rename the file to saved_model.pb; better, copy the whole version under a non-numeric name and rename that.",
    };
  if (misspelt !== undefined)
    return {
      message: `${quoted(misspelt)} is not the name that the server looks for`,
      help: `Rename it to "saved_model.pb${/txt\s*$/i.test(misspelt) ? "txt" : ""}" (lower case, underscore).`,
    };
  return undefined;
}

/** Folders that are looked down for the file. */
const DEPTH = 3;

/** A SavedModel in a folder below. */
function deeper(context: VersionContext): Instead | undefined {
  let level = [""];
  for (let depth = 1; depth <= DEPTH; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      for (const { name, kind } of context.list(folder)) {
        if (kind !== "directory" && kind !== "symlink") continue;
        const path = joinPath(folder, name);
        if (context.list(path).some((entry) => FORMS.includes(entry.name))) {
          return {
            message: `the SavedModel lies ${depth === 1 ? "one level" : `${depth} levels`} too deep, in ${quoted(path)}`,
            help: `Move the contents of ${quoted(path)} up into the version directory.`,
          };
        }
        next.push(path);
      }
    }
    // A folder that links to itself or holds a whole disk is not this one's mistake.
    level = next.slice(0, 100);
  }
  return undefined;
}

/** Another .pb: a SavedModel or a frozen graph, by what is in it. */
function otherProto(context: VersionContext, names: readonly string[]): Instead | undefined {
  const name = names.find(
    (candidate) => /\.pb$/i.test(candidate) && !/^(fingerprint|keras_metadata)\.pb$/i.test(candidate),
  );
  if (name === undefined) return undefined;
  if (holdsGraph(context, name))
    return {
      message: `${quoted(name)} is a bare GraphDef (a frozen graph), not a SavedModel`,
      help: "Import the graph and export a SavedModel with signatures (tf.compat.v1.saved_model.simple_save, tf.saved_model.save).",
    };
  return {
    message: `${quoted(name)} is not the name that the server looks for`,
    help: 'If it is a SavedModel, rename it to "saved_model.pb".',
  };
}

function unfinished(names: readonly string[], missing: string): Instead | undefined {
  const [archive] = archives(names);
  if (archive !== undefined)
    return {
      message: `${missing}, only the archive ${quoted(archive)}`,
      help: "Unpack it: the server does not.",
    };
  const nfs = names.find((name) => name.startsWith(".nfs"));
  if (nfs !== undefined)
    return {
      message: `${missing}, but ${quoted(nfs)}: NFS keeps a removed file under such a name while a process has it open`,
      help: "Somebody removed or replaced the file. Copy it again, under a version number of its own.",
    };
  const variables = names.includes("variables");
  if (!variables && !names.includes("assets")) return undefined;
  return {
    message: `${missing}, only ${variables ? "variables" : "assets"}: the copy is not finished, or lost a file`,
    help: "Copy the missing file. To keep a polling server from seeing half a version, copy under a non-numeric name and rename.",
  };
}

export const rule = versionRule({
  id: "saved-model/file-exists",
  level: "quick",
  summary: "a version directory holds saved_model.pb or saved_model.pbtxt",
  severity: "error",
  effect: "load-fails",
  why: "Without either file the version fails to load, and the server tries again for minutes before it says so.",
  mend: "Export a SavedModel into the version directory itself.",
  evidence: [
    "tensorflow: cc/saved_model/reader.cc",
    "tensorflow/serving: session_bundle/session_bundle_util.cc:72-78",
    "recorded runs of 2.17.1",
  ],
  logTexts: [
    "Specified file path does not appear to contain a SavedModel bundle (should have a file called `saved_model.pb`)",
    "Could not find SavedModel .pb or .pbtxt at supplied export directory path: …. Check that the directory exists and that you have the right permissions for accessing it.",
  ],
  symptoms: [1, 14],
  examples: {
    bad: [
      folder("a Keras file", { "m/1/model.keras": "ZIP archive" }),
      folder("wrong case", { "m/1/Saved_Model.pb": "SavedModel" }),
    ],
    good: [folder("a SavedModel", { "m/1/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    if (context.servesTflite || context.hasSavedModelFile || context.has("export.meta")) return;
    if (context.listing("") instanceof ModelReadError) return;
    yield { file: context.path, ...cause(context) };
  },
});
