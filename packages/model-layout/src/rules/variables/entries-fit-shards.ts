import { showShape } from "@servable/tensors";
import { nameOfEntry, type VariableEntry } from "../../variables/bundle-entry.ts";
import { expectedSize, StoredTensorError } from "../../variables/stored-tensor.ts";
import { count, folder, quoted } from "../model-rule.ts";
import { foreignShard, shardEnds } from "./foreign-shard.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/entries-fit-shards",
  level: "quick",
  summary: "every tensor lies inside of its data file and has the size of its shape and dtype",
  severity: "error",
  effect: "load-fails",
  why: "The index says where the bytes of each tensor lie. A data file that is cut off, or an entry that disagrees with itself, fails the load with `Read less bytes than requested`, which names neither file nor tensor.",
  mend: "Copy the data file again and compare its size with the source.",
  evidence: [
    "tensorflow: core/util/tensor_bundle/tensor_bundle.cc BundleReader::GetValue",
    "TensorFlow 2.17.1's loader on such files",
  ],
  logTexts: [
    "Read less bytes than requested",
    "Invalid size in bundle entry: key …; stored size …; expected size …",
  ],
  examples: {
    bad: [
      folder("cut off", {
        "m/1/variables/variables.index": "w: 400 bytes from 0 on",
        "m/1/variables/variables.data-00000-of-00001": "200 bytes",
      }),
    ],
    good: [
      folder("whole", {
        "m/1/variables/variables.index": "w: 400 bytes from 0 on",
        "m/1/variables/variables.data-00000-of-00001": "400 bytes",
      }),
    ],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const index = variables.value;
    const { numShards } = index.header;
    const promised = shardEnds(index);
    const wrong = new Set<VariableEntry>();
    const ends = new Map<number, { end: number; beyond: VariableEntry[]; entries: VariableEntry[] }>();
    for (const entry of index.entries) {
      if (entry.slices.length > 0) continue;
      const name = quoted(nameOfEntry(entry));
      try {
        if (entry.unknownDtype !== undefined)
          throw new StoredTensorError("dtype", `has the unknown dtype number ${entry.unknownDtype}`);
        const want = expectedSize(entry);
        if (want !== undefined && want !== entry.size) {
          wrong.add(entry);
          yield {
            file: index.file,
            message: `${name}: ${entry.size} bytes are stored, ${entry.dtype} ${showShape(entry.shape)} takes ${want}`,
            help: "The load fails. Index and graph do not come from one export, or the index was changed.",
          };
        }
      } catch (error) {
        if (!(error instanceof StoredTensorError)) throw error;
        wrong.add(entry);
        yield {
          file: index.file,
          message: `${name} ${error.message}`,
          help: "The load fails when it is restored. Export the model again.",
        };
      }
      if (entry.crc32c === 0 && entry.size !== 0) {
        yield {
          file: index.file,
          message: `${name} has no checksum`,
          help: "An absent checksum counts as 0 and is compared all the same, so the load fails. Export the model again.",
        };
      }
      if (entry.shard < 0 || entry.shard >= numShards) continue; // variables/shards-exist
      let shard = ends.get(entry.shard);
      if (shard === undefined) {
        shard = { end: 0, beyond: [], entries: [] };
        ends.set(entry.shard, shard);
      }
      shard.entries.push(entry);
      if (wrong.has(entry)) continue;
      const end = Number(entry.offset) + Number(entry.size);
      if (end > shard.end) shard.end = end;
    }
    for (const [number, shard] of [...ends].sort(([a], [b]) => a - b)) {
      const { size, path, name } = index.shardFile(number);
      if (size === undefined) continue;
      // What is no data file at all, variables/shards-exist names.
      if (size !== 0 && size !== promised.get(number) && foreignShard(context, name) !== undefined) continue;
      const judged = shard.entries.filter((entry) => !wrong.has(entry));
      const negative = judged.filter(({ offset, size: bytes }) => offset < 0 || bytes < 0);
      const beyond = judged.filter((entry) => Number(entry.offset) + Number(entry.size) > size);
      for (const entry of negative) {
        yield {
          file: index.file,
          message: `${quoted(nameOfEntry(entry))}: ${entry.size} bytes from ${entry.offset} on is no place in a file`,
          help: "The load fails. Export the model again.",
        };
      }
      if (beyond.length > 0) {
        const first = beyond[0]!;
        // One entry far out while the others fill the file: the entry is wrong, not the file.
        const wild =
          beyond.length === 1 &&
          shard.entries.length > 1 &&
          Number(first.offset) >= size &&
          filled(shard.entries, first, size);
        yield {
          file: wild ? index.file : path,
          message: wild
            ? `${quoted(nameOfEntry(first))} is said to lie at ${first.offset}, beyond the ${size} bytes of ${name}`
            : `${name} has ${size} bytes but the index needs ${shard.end}: ${count(beyond.length, "tensor")} (${quoted(nameOfEntry(first))}${beyond.length > 1 ? ", …" : ""}) ${beyond.length === 1 ? "is" : "are"} cut off`,
          help: wild
            ? "The load fails. The index was changed: export the model again."
            : "The load fails. Copy the data file again and compare its size with the source.",
        };
      } else if (shard.end < size && judged.length === shard.entries.length) {
        yield {
          file: path,
          severity: "warning",
          message: `${name} has ${size - shard.end} bytes after its last tensor`,
          help: "They are never read, but the file is not what the exporter wrote. Copy it again.",
        };
      }
    }
  },
});

function filled(entries: readonly VariableEntry[], without: VariableEntry, size: number): boolean {
  let bytes = 0;
  for (const entry of entries) bytes += Number(entry.size);
  return (
    bytes <= size ||
    entries.some((entry) => entry !== without && Number(entry.offset) + Number(entry.size) === size)
  );
}
