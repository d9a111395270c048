import { isLfsPointer, sniff } from "../../files/sniff.ts";
import { shardName } from "../../variables/shard-name.ts";
import { count, folder, quoted, some } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/shards-exist",
  level: "quick",
  summary: "every data file that the index refers to is there",
  severity: "error",
  effect: "load-fails",
  why: "Each tensor lies in the data file variables.data-<shard>-of-<shards>; a file that is missing, misnamed or unreadable fails the load of the version.",
  mend: "Copy all of variables/; publish by renaming a finished folder.",
  evidence: ["tensorflow: core/util/tensor_bundle/naming.cc", "TensorFlow 2.17.1's loader without a shard"],
  logTexts: [
    "…/variables/variables.data-…-of-…; No such file or directory",
    "Read less bytes than requested",
  ],
  symptoms: [11],
  examples: {
    bad: [
      folder("one of two", {
        "m/1/variables/variables.index": "table with 2 shards",
        "m/1/variables/variables.data-00000-of-00002": "bytes",
      }),
    ],
    good: [
      folder("both", {
        "m/1/variables/variables.index": "table with 2 shards",
        "m/1/variables/variables.data-00000-of-00002": "bytes",
        "m/1/variables/variables.data-00001-of-00002": "bytes",
      }),
    ],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const index = variables.value;
    const { numShards } = index.header;
    const used = new Set<number>();
    for (const { shard, slices } of index.entries) if (slices.length === 0) used.add(shard);
    const listed = new Set(context.list("variables").map(({ name }) => name));
    const others = [...listed].filter((name) => /^variables\.data-\d+-of-\d+$/.test(name));
    for (const shard of [...used].sort((a, b) => a - b)) {
      const name = shardName(shard, numShards);
      const { problem, size, path } = index.shardFile(shard);
      if (shard < 0 || shard >= numShards) {
        const keys = index.entries
          .filter((entry) => entry.slices.length === 0 && entry.shard === shard)
          .map(({ key }) => key);
        yield {
          file: index.file,
          message: `${some(keys, 2)} ${keys.length === 1 ? "lies" : "lie"} in shard ${shard} but there ${numShards === 1 ? "is 1 shard" : `are ${numShards} shards`}`,
          help: `The server looks for ${quoted(name)} and the load fails. Export the model again.`,
        };
      } else if (!listed.has(name) || problem !== undefined) {
        const near = others.filter((other) => !other.endsWith(`-of-${String(numShards).padStart(5, "0")}`));
        yield {
          file: listed.has(name) ? path : context.file("variables"),
          message: !listed.has(name)
            ? `data file ${quoted(name)} is missing`
            : problem?.fault === "unreadable"
              ? `data file ${quoted(name)} can't be read: ${problem.reason}`
              : `data file ${quoted(name)}: ${problem?.reason ?? "can't be read"}`,
          help:
            !listed.has(name) && near.length > 0
              ? `There is ${some(near, 2)}, but the index was written for ${count(numShards, "file")}: index and data come from different exports, or one of them was changed.`
              : listed.has(name) && problem?.fault === "unreadable"
                ? "Let the server's user read it (chmod a+r)."
                : "The load fails. Copy all files of variables/; publish by renaming a finished folder.",
        };
      } else if (
        size !== undefined &&
        size < 2048 &&
        size > 100 &&
        isLfsPointer(context.head(`variables/${name}`))
      ) {
        yield {
          file: path,
          message: `data file ${quoted(name)} holds ${sniff(context.head(`variables/${name}`))}`,
          help: "The load fails. Fetch the file itself (git lfs pull).",
        };
      } else if (context.level !== "quick") {
        // Readable by name is not readable by permission: only opening tells.
        const opened = openFails(context, path);
        if (opened !== undefined) {
          yield {
            file: path,
            message: `data file ${quoted(name)} can't be read: ${opened}`,
            help: "Let the server's user read it (chmod a+r).",
          };
        }
      }
    }
    const stray = others.filter((name) => {
      const [, shard, shards] = /-(\d+)-of-(\d+)$/.exec(name) ?? [];
      return Number(shards) !== numShards || Number(shard) >= numShards;
    });
    if (
      stray.length > 0 &&
      [...used].every((shard) => shard < numShards && listed.has(shardName(shard, numShards)))
    ) {
      yield {
        file: context.file("variables", stray[0] ?? ""),
        severity: "warning",
        message: `${some(stray)} ${stray.length === 1 ? "belongs" : "belong"} to no shard of the index (${count(numShards, "shard")})`,
        help: "It is not read, but counts toward the model's size. Remove it, or copy the export again.",
      };
    }
  },
});

function openFails(context: Parameters<typeof rule.check>[0], path: string): string | undefined {
  try {
    context.fs.open(path).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(path.length + 2) : String(error);
  }
}
