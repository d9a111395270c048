import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "saved-model/one-form",
  level: "quick",
  summary: "only one of saved_model.pb and saved_model.pbtxt is there",
  severity: "warning",
  effect: "silent",
  why: "The binary file wins and the text is not even parsed, so edits in it have no effect.",
  mend: "Remove the form that is not meant.",
  evidence: [
    "tensorflow: cc/saved_model/reader.cc ReadSavedModel",
    "TensorFlow 2.17.1's loader with a broken .pbtxt beside a good .pb",
  ],
  examples: {
    bad: [folder("both", { "m/1/saved_model.pb": "SavedModel", "m/1/saved_model.pbtxt": "text" })],
    good: [folder("one", { "m/1/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    if (!context.has("saved_model.pb") || !context.has("saved_model.pbtxt")) return;
    yield {
      file: context.file("saved_model.pbtxt"),
      message: "saved_model.pbtxt is not read because saved_model.pb is there too",
      help: "Remove the form that is not meant: the server takes the binary one.",
    };
  },
});
