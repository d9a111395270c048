import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "assets/names-stay-inside",
  level: "quick",
  summary: "asset names do not lead out of the assets folder",
  severity: "warning",
  effect: "load-fails",
  why: "The loader puts the name behind <version>/assets/ and reads what it finds: a name with `..` breaks as soon as the version is copied somewhere else, and can reach files that are none of the model's.",
  mend: "Export the model again, with the file as an asset of its own.",
  evidence: ["TensorFlow 2.17.1's loader with such a name"],
  examples: {
    bad: [folder("outside", { "m/1/saved_model.pb": "asset ../../../labels.txt" })],
    good: [folder("inside", { "m/1/saved_model.pb": "asset labels.txt", "m/1/assets/labels.txt": "words" })],
  },
  *check(context) {
    if (context.servesTflite) return;
    for (const { filename } of context.meta?.assets ?? []) {
      if (!filename.split("/").includes("..") && !filename.startsWith("/")) continue;
      yield {
        file: context.savedModel.ok ? context.savedModel.value.file : context.path,
        message: `asset name ${quoted(filename)} leads out of the assets folder`,
        help: `The server reads ${quoted(`assets/${filename}`)}, which depends on where the version lies. Export the model again.`,
      };
    }
  },
});
