import { readWholeFile } from "../../files/model-file-system.ts";
import { checkMetaindex, readTable } from "../../table/sorted-table.ts";
import { nameOfEntry, type VariableEntry } from "../../variables/bundle-entry.ts";
import { folder, quoted, some } from "../model-rule.ts";
import { changedParts, variablesChanged } from "../saved-model/since-export.ts";
import { damagedShard, foreignShard, shardEnds } from "./foreign-shard.ts";
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
    const ends = shardEnds(index);
    const failed = new Map<string, { readonly entry: VariableEntry; readonly message: string }[]>();
    for (const { file, entry, kind, message } of index.verifyChecksums(
      context.onBytes === undefined ? {} : { onBytes: context.onBytes },
    )) {
      // Sizes are judged by variables/entries-fit-shards, missing files by variables/shards-exist.
      if (kind === "size" || entry === undefined || (kind === "checksum" && entry.crc32c === 0)) continue;
      const { name, size } = index.shardFile(entry.shard);
      if (size !== ends.get(entry.shard) && foreignShard(context, name) !== undefined) continue;
      if (kind === "unreadable") {
        yield {
          file,
          message: `${quoted(nameOfEntry(entry))}: ${message}`,
          help: "The file changes while it is read, or the server's user may not read it.",
        };
        continue;
      }
      const others = failed.get(file);
      if (others === undefined) failed.set(file, [{ entry, message }]);
      else others.push({ entry, message });
    }
    const indexIsForeign = failed.size > 0 && variablesChanged(context) && changedParts(context).length === 0;
    for (const [file, faults] of failed) {
      const { shard } = faults[0]!.entry;
      const { name } = index.shardFile(shard);
      const stored = index.entries.filter(
        (entry) => entry.slices.length === 0 && entry.shard === shard && entry.size !== 0,
      ).length;
      const cause = damagedShard(
        context,
        name,
        faults.map(({ entry }) => entry),
      );
      const all = faults.length === stored && stored > 1;
      const what =
        faults.length === 1
          ? `${quoted(nameOfEntry(faults[0]!.entry))}: ${faults[0]!.message}`
          : `${all ? `all ${stored}` : `${faults.length} of ${stored}`} tensors fail their checksums: ${some(faults.map(({ entry }) => nameOfEntry(entry)))}`;
      yield {
        file,
        message: cause === undefined ? what : `${what}; the file ${cause.what}`,
        help: `The load fails with \`Checksum does not match\`. ${
          cause?.mend ??
          (faults.length > 1 && indexIsForeign
            ? "fingerprint.pb was made for another variables.index: it is the index that does not belong here. Copy it again."
            : all
              ? `The file is not the one that the index was written with: another export's${index.header.numShards > 1 ? ", or another of the data files" : ""}. Copy the whole export again.`
              : "The data is not what was exported: copy the file again, or the whole export if index and data are from different ones.")
        }`,
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
