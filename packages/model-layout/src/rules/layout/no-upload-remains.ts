import { folder, quoted, versionRule } from "../model-rule.ts";

const PARTIAL =
  /(\.(part|partial|crdownload|download|tmp|temp|filepart|aria2|tempstate[0-9]*)|\.tempstate[0-9]+.*|_temp(\/.*)?|~)$|^\.nfs|^\._/i;

export const rule = versionRule({
  id: "layout/no-upload-remains",
  level: "quick",
  summary: "no half-copied files lie in a version directory",
  severity: "warning",
  effect: "degrades",
  why: "A version is taken up as soon as its folder appears, so a folder that is still being copied is loaded as it is at that moment. Left-over parts count toward the model's size on disk.",
  mend: "Copy under a name that is no number on the same file system, then rename. Remove what is left of a broken copy.",
  evidence: [
    "tensorflow/serving: polled every second (file_system_poll_wait_seconds)",
    "recorded run of 2.17.1: a half-copied version",
  ],
  symptoms: [11],
  examples: {
    bad: [
      folder("a part", { "m/1/saved_model.pb": "SavedModel", "m/1/variables/variables.index.part": "bytes" }),
    ],
    good: [folder("whole", { "m/1/saved_model.pb": "SavedModel", "m/1/variables/variables.index": "table" })],
  },
  *check(context) {
    for (const where of ["", "variables"]) {
      for (const { name } of context.list(where)) {
        // A saved_model.pb.part without saved_model.pb is reported as the missing file that it is.
        if (
          !PARTIAL.test(name) ||
          (where === "" && name.startsWith("saved_model.") && !context.hasSavedModelFile)
        )
          continue;
        const path = where === "" ? name : `${where}/${name}`;
        yield {
          file: context.file(path),
          ...(name.startsWith("._")
            ? {
                message: `${quoted(path)} is metadata of macOS, no part of the model`,
                help: "A copy from a Mac leaves it. It does no harm but counts toward the model's size: remove it (`dot_clean`, `COPYFILE_DISABLE=1 tar …`).",
              }
            : name.startsWith(".nfs")
              ? {
                  message: `${quoted(path)} is what NFS keeps of a file that was removed or replaced while it was open`,
                  help: "Somebody changes the version while it is in use; what is served is what was read before. Publish changes under a new number.",
                }
              : {
                  message: `${quoted(path)} looks like what is left of an unfinished copy`,
                  help: "If the copy still runs, a polling server may load the version half-finished: copy under a non-numeric name and rename.",
                }),
        };
      }
    }
  },
});
