import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "layout/no-session-bundle",
  level: "quick",
  summary: "no export.meta lies in a version directory",
  severity: "error",
  effect: "load-fails",
  why: "A file export.meta marks a Session Bundle, the format before SavedModel. The server refuses the version because of it, even if a good saved_model.pb lies beside it.",
  mend: "Export the model as a SavedModel (tf.saved_model.save, model.export) and remove export.meta.",
  evidence: ["tensorflow/serving: session_bundle/oss/session_bundle_util.cc:62-67", "recorded run of 2.17.1"],
  logTexts: ["Session Bundle is deprecated and removed."],
  symptoms: [14],
  examples: {
    bad: [
      folder("a Session Bundle", {
        "m/1/export.meta": "MetaGraphDef",
        "m/1/export-00000-of-00001": "checkpoint",
      }),
    ],
    good: [folder("a SavedModel", { "m/1/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    if (context.servesTflite || !context.has("export.meta")) return;
    yield {
      file: context.file("export.meta"),
      message: "export.meta marks a Session Bundle, which the server refuses",
      help: context.hasSavedModelFile
        ? "Remove export.meta: the SavedModel beside it is not read as long as it is there."
        : "Export the model again as a SavedModel with today's TensorFlow.",
    };
  },
});
