import { isVersionLike, looksLikeSavedModel } from "../../discovery/find-models.ts";
import { parseVersionName } from "../../discovery/version-name.ts";
import { joinPath } from "../../files/model-file-system.ts";
import { basePathRule, folder, quoted } from "../model-rule.ts";

export const rule = basePathRule({
  id: "layout/version-name-is-number",
  level: "quick",
  summary: "folders that look like versions have decimal numbers for names",
  severity: "warning",
  effect: "silent",
  why: "A child of the base path whose name is not a decimal 64-bit number is passed over without a message, however much it looks like a version.",
  mend: "Rename the folder to a plain number, or move it out of the base path.",
  evidence: [
    "tensorflow/serving: sources/storage_path/file_system_storage_path_source.cc:85-136",
    "the number parsers of 2.17 and of newer sources, run on such names",
  ],
  symptoms: [3],
  examples: {
    bad: [
      folder("not a number", { "m/1/saved_model.pb": "SavedModel", "m/v2/saved_model.pb": "SavedModel" }),
    ],
    good: [folder("numbers", { "m/1/saved_model.pb": "SavedModel", "m/2/saved_model.pb": "SavedModel" })],
  },
  *check({ model, fs, target }) {
    // Without any version, layout/base-path-has-version says so.
    if (model.discovery.versions.length === 0) return;
    for (const { name, kind } of model.discovery.ignored) {
      if (kind === "file") continue;
      const newer = parseVersionName(name, "2.19.0");
      const numeric = newer !== undefined || /^\s*[-+]?[0-9]+\s*$/.test(name);
      if (!numeric && (!isVersionLike(name) || /(tmp|bak|old|new|copy)$/i.test(name))) continue;
      const path = joinPath(model.basePath, name);
      if (!numeric && !holdsModel(path, fs)) continue;
      yield {
        file: path,
        message:
          newer !== undefined
            ? `${quoted(name)} is a version only since TFS 2.19: ${target.tfsVersion} passes over it`
            : numeric
              ? `${quoted(name)} is beyond the range of a 64-bit number: the server passes over it`
              : `${quoted(name)} is no decimal number: the server passes over it`,
        help: "Only plain decimal numbers are versions; there is no message about other names. Rename the folder, or move it out of the base path.",
      };
    }
  },
});

function holdsModel(path: string, fs: Parameters<typeof rule.check>[0]["fs"]): boolean {
  try {
    return looksLikeSavedModel(fs.readDirectory(path).map(({ name }) => name));
  } catch {
    return false;
  }
}
