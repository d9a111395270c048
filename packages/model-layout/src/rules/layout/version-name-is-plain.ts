import { basePathRule, folder, quoted } from "../model-rule.ts";

export const rule = basePathRule({
  id: "layout/version-name-is-plain",
  level: "quick",
  summary: "version names have no sign and no blanks",
  severity: "warning",
  effect: "degrades",
  why: "The server's number parser takes blanks and a sign, so such a name is a version, but a negative one can't be addressed over REST, and other tools read the name otherwise.",
  mend: "Rename the folder to the plain number.",
  evidence: [
    "tensorflow/serving: SimpleAtoi / safe_strto64 on directory names",
    "recorded run of 2.17.1: REST with a negative version",
  ],
  examples: {
    bad: [folder("a trailing blank", { "m/7 /saved_model.pb": "SavedModel" })],
    good: [folder("plain", { "m/7/saved_model.pb": "SavedModel" })],
  },
  *check({ model }) {
    for (const { name, version, path } of model.discovery.versions) {
      if (/^[0-9]+$/.test(name)) continue;
      yield {
        file: path,
        message: `${quoted(name)} counts as version ${version}`,
        help:
          version < 0
            ? "REST can't address a negative version. Use a number from 0 up."
            : `Rename the folder to ${quoted(String(version))}.`,
      };
    }
  },
});
