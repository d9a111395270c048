import { readWholeFile } from "../../files/model-file-system.ts";
import { checkMetaindex, readTable } from "../../table/sorted-table.ts";
import { folder, quoted } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/checksums-hold",
  level: "bytes",
  summary: "the bytes of every tensor give the checksum that the index stores",
  severity: "error",
  effect: "load-fails",
  why: "The server compares the checksum of each tensor that it restores; one flipped bit fails the load. Strings, such as the object graph of TF2, have a second checksum over their lengths.",
  mend: "Copy the data file again from the export.",
  evidence: [
    "tensorflow: core/util/tensor_bundle/tensor_bundle.cc",
    "TensorFlow 2.17.1's loader with flipped bits",
  ],
  logTexts: [
    "TensorBundle at … shard … (… bytes): Checksum does not match: stored … vs. calculated on the restored bytes …",
    "The length checksum does not match: expected … but actual is …",
  ],
  examples: {
    bad: [
      folder("a flipped bit", { "m/1/variables/variables.data-00000-of-00001": "bytes, one bit changed" }),
    ],
    good: [folder("as written", { "m/1/variables/variables.data-00000-of-00001": "bytes" })],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const index = variables.value;
    for (const { file, entry, kind, message } of index.verifyChecksums(
      context.onBytes === undefined ? {} : { onBytes: context.onBytes },
    )) {
      // Sizes are judged by variables/entries-fit-shards, missing files by variables/shards-exist.
      if (kind === "size" || entry === undefined || (kind === "checksum" && entry.crc32c === 0)) continue;
      yield {
        file,
        message: `${quoted(entry.key)}: ${message}`,
        help:
          kind === "unreadable"
            ? "The file changes while it is read, or the server's user may not read it."
            : "The load fails. The data is not what was exported: copy the file again, or the whole export if index and data are from different ones.",
      };
    }
    const bytes = readWholeFile(context.fs, index.file);
    const fault = checkMetaindex(bytes, readTable(bytes));
    if (fault !== undefined) {
      yield {
        file: index.file,
        severity: "warning",
        message: fault.message,
        help: "The server does not read this block, but the file is not what was exported. Copy it again.",
      };
    }
  },
});
