import { isLfsPointer, sniff } from "../../files/sniff.ts";
import { folder } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/index-is-table",
  level: "quick",
  summary: "variables.index is a sound table",
  severity: "error",
  effect: "load-fails",
  why: "variables.index is a sorted table of checksummed blocks; one byte cut off or changed and no variable can be restored.",
  mend: "Copy the file again (for Git LFS: git lfs pull).",
  evidence: [
    "tensorflow: core/lib/io/format.cc, core/util/tensor_bundle/tensor_bundle.cc",
    "TensorFlow 2.17.1's loader on damaged files",
  ],
  logTexts: [
    "file is too short to be an sstable",
    "not an sstable (bad magic number)",
    "Unable to read file (…). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes (…): block checksum mismatch",
  ],
  examples: {
    bad: [folder("cut off", { "m/1/variables/variables.index": "first half of the table" })],
    good: [folder("whole", { "m/1/variables/variables.index": "table" })],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables === undefined || variables.ok) return;
    const { fault, reason } = variables.error;
    const name = "variables/variables.index";
    const head = fault === "malformed" ? context.head(name) : new Uint8Array(1);
    const known = isLfsPointer(head) || head.length === 0 ? sniff(head) : undefined;
    yield {
      file: context.file(name),
      message:
        known !== undefined
          ? `variables.index holds ${known}`
          : fault === "not-a-file"
            ? `variables.index is not a regular file: ${reason}`
            : fault === "unreadable"
              ? `variables.index can't be read: ${reason}`
              : fault === "not-found"
                ? "variables.index vanished while it was read"
                : `variables.index is damaged: ${reason}`,
      help:
        fault === "unreadable"
          ? "Let the server's user read it (chmod a+r)."
          : "No variable can be restored from it. Copy the file again.",
    };
  },
});
