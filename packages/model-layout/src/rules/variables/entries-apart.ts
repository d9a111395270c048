import { nameOfEntry } from "../../variables/bundle-entry.ts";
import { count, folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "variables/entries-apart",
  level: "quick",
  summary: "no two tensors share bytes of a data file",
  severity: "warning",
  effect: "silent",
  why: "Writers put tensors one after the other. Entries that overlap come from an index that was changed; checksums decide whether they load.",
  mend: "Export the model again.",
  evidence: ["tensorflow: core/util/tensor_bundle/tensor_bundle.cc BundleWriter"],
  examples: {
    bad: [
      folder("overlap", { "m/1/variables/variables.index": "a: 8 bytes from 0 on, b: 8 bytes from 4 on" }),
    ],
    good: [
      folder("apart", { "m/1/variables/variables.index": "a: 8 bytes from 0 on, b: 8 bytes from 8 on" }),
    ],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const index = variables.value;
    const placed = index.entries
      .filter(
        ({ slices, size, offset }) =>
          slices.length === 0 &&
          Number(size) > 0 &&
          Number(offset) >= 0 &&
          Number(offset) + Number(size) <= Number.MAX_SAFE_INTEGER,
      )
      .sort((a, b) => a.shard - b.shard || Number(a.offset) - Number(b.offset));
    let overlaps = 0;
    let first: string | undefined;
    for (let at = 1; at < placed.length; at++) {
      const before = placed[at - 1]!;
      const entry = placed[at]!;
      if (before.shard !== entry.shard || Number(before.offset) + Number(before.size) <= Number(entry.offset))
        continue;
      overlaps++;
      first ??= `${quoted(nameOfEntry(before))} and ${quoted(nameOfEntry(entry))}`;
    }
    if (first === undefined) return;
    yield {
      file: index.file,
      message: `${count(overlaps, "pair")} of tensors share bytes of a data file: ${first}`,
      help: "No writer does that: the index was changed. Export the model again.",
    };
  },
});
