import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";

/** What is there instead of saved_model.pb, and what to do about it. */
function cause(context: VersionContext): { readonly message: string; readonly help: string } {
  const names = context.list("").map(({ name }) => name);
  const find = (test: (name: string) => boolean): string | undefined => names.find(test);
  const missing = "neither saved_model.pb nor saved_model.pbtxt is in the version directory";
  if (names.length === 0)
    return {
      message: "the version directory is empty",
      help: "Put the SavedModel into it, or remove it: the server takes it for a version.",
    };
  const misspelt = find(
    (name) =>
      /^saved_?model\.pb(txt)?$/i.test(name) ||
      /^(save_model|saved-model|savedmodel|model)\.pb(txt)?$/i.test(name),
  );
  if (misspelt !== undefined) {
    return {
      message: `${quoted(misspelt)} is not the name that the server looks for`,
      help: `Rename it to "saved_model.pb${misspelt.toLowerCase().endsWith("txt") ? "txt" : ""}" (lower case, underscore).`,
    };
  }
  const part = find((name) => /^saved_model\.pb(txt)?\./i.test(name));
  if (part !== undefined) {
    return {
      message: part.endsWith(".cpb")
        ? `${quoted(part)} is a chunked SavedModel`
        : `only ${quoted(part)} is there: saved_model.pb was not finished or not renamed`,
      help: "Finish the copy, then rename the file to saved_model.pb; better, copy the whole version under a non-numeric name and rename that.",
    };
  }
  if (names.includes("saved_model.cpb")) {
    return {
      message: "saved_model.cpb is a chunked SavedModel, which open-source builds of the server can't read",
      help: "Keep the graph below 2 GB, with weights as variables, so that it is saved as saved_model.pb.",
    };
  }
  const keras = find((name) => /\.(h5|hdf5|keras|weights\.h5)$/i.test(name));
  if (keras !== undefined) {
    return {
      message: `${quoted(keras)} is a Keras file, not a SavedModel`,
      help: "Export with model.export(path) (Keras 3) or tf.saved_model.save: the server reads SavedModels only.",
    };
  }
  if (names.includes("model.tflite")) {
    return {
      message: "only model.tflite is there, which the server reads only with --prefer_tflite_model",
      help: "Start the server with --prefer_tflite_model=true, or export a SavedModel.",
    };
  }
  if (find((name) => name === "checkpoint" || /\.(ckpt.*|meta|data-\d+-of-\d+)$/.test(name)) !== undefined) {
    return {
      message: "the files are a training checkpoint, not a SavedModel",
      help: "Load the checkpoint and export with tf.saved_model.save, which adds the graph.",
    };
  }
  if (names.includes("variables") || names.includes("assets")) {
    return {
      message: `${missing}, only ${names.includes("variables") ? "variables" : "assets"}: the copy is not finished, or lost a file`,
      help: "Copy the missing file. To keep a polling server from seeing half a version, copy under a non-numeric name and rename.",
    };
  }
  for (const { name, kind } of context.list("")) {
    if (kind !== "directory" && kind !== "symlink") continue;
    if (
      context
        .list(name)
        .some((entry) => entry.name === "saved_model.pb" || entry.name === "saved_model.pbtxt")
    ) {
      return {
        message: `the SavedModel lies one level too deep, in ${quoted(name)}`,
        help: `Move the contents of ${quoted(name)} up into the version directory.`,
      };
    }
  }
  const archive = find((name) => /\.(zip|tar|tgz|gz|bz2|xz)$/i.test(name));
  if (archive !== undefined)
    return {
      message: `${missing}, only the archive ${quoted(archive)}`,
      help: "Unpack it: the server does not.",
    };
  return { message: missing, help: "Export the model into this folder." };
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
