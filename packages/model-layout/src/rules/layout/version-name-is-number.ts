import { holdsSavedModel, isVersionLike } from "../../discovery/find-models.ts";
import { parseVersionName } from "../../discovery/version-name.ts";
import { joinPath } from "../../files/model-file-system.ts";
import { basePathRule, folder, quoted } from "../model-rule.ts";
import type { ModelContext } from "../version-context.ts";
import { isDecimal, whyNoVersion } from "./why-no-version.ts";

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
      const numeric = isDecimal(name);
      if (!numeric && (!meantAsVersion(name) || !holdsSavedModel(joinPath(model.basePath, name), fs)))
        continue;
      // A link to a version by its number is for people.
      if (kind === "symlink" && leadsToVersion(joinPath(model.basePath, name), model, fs)) continue;
      const newer = parseVersionName(name, "2.19.0") !== undefined;
      yield {
        file: joinPath(model.basePath, name),
        message: newer
          ? `${quoted(name)} is a version only since TFS 2.19: ${target.tfsVersion} passes over it`
          : numeric
            ? `${quoted(name)} is beyond the range of a 64-bit number: the server passes over it`
            : `${quoted(name)} is no decimal number${whyNoVersion(name, target.tfsVersion)}: the server passes over it`,
        help: "Only plain decimal numbers are versions; there is no message about other names. Rename the folder, or move it out of the base path.",
      };
    }
  },
});

/** Names with a digit in any script, or of the version that is served; but not copies that were laid aside on purpose. */
function meantAsVersion(name: string): boolean {
  if (
    /^[._]|(^|[^a-z])(te?mp|bak|backup|old|new|copy|copying|part|staging|trash|deleted)([^a-z]|$)/i.test(name)
  )
    return false;
  return isVersionLike(name) || /\p{N}/u.test(name);
}

function leadsToVersion(path: string, model: ModelContext["model"], fs: ModelContext["fs"]): boolean {
  try {
    const target = fs.realPath(path);
    return model.discovery.versions.some((version) => fs.realPath(version.path) === target);
  } catch {
    return false;
  }
}
