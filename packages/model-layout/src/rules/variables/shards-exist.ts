import { remainsOf } from "../../files/remains-of.ts";
import { nameOfEntry } from "../../variables/bundle-entry.ts";
import { isDataFile, shardName } from "../../variables/shard-name.ts";
import { count, folder, quoted, some } from "../model-rule.ts";
import { foreignShard, shardEnds } from "./foreign-shard.ts";
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
    if (numShards < 1) return; // variables/header-is-sound
    const ends = shardEnds(index);
    const used = [...ends.keys()].sort((a, b) => a - b);
    const names = context.list("variables").map(({ name }) => name);
    const listed = new Set(names);
    const others = names.filter(isDataFile);
    const beyond = used.filter((shard) => shard < 0 || shard >= numShards);
    const lengths = new Set(others.map((name) => Number(/-(\d+)$/.exec(name)?.[1])));
    const [files = 0] = lengths;
    if (
      beyond.length > 0 &&
      lengths.size === 1 &&
      files !== numShards &&
      used.every((shard) => shard < files)
    ) {
      yield {
        file: index.file,
        message: `the header promises ${count(numShards, "shard")}, but the entries and the data files are of ${files}`,
        help: `The server looks for ${quoted(shardName(0, numShards))} and the load fails. The index was changed: copy it again.`,
      };
      return;
    }
    if (beyond.length > 0) {
      const keys = index.entries
        .filter((entry) => entry.slices.length === 0 && beyond.includes(entry.shard))
        .map(nameOfEntry);
      const name = shardName(beyond[0] ?? 0, numShards);
      yield {
        file: index.file,
        message: `${some(keys, 2)} ${keys.length === 1 ? "lies" : "lie"} in ${beyond.length === 1 ? `shard ${beyond[0]}` : `the shards ${beyond.slice(0, 5).join(", ")}${beyond.length > 5 ? ", …" : ""}`} but by the header there ${numShards === 1 ? "is 1 shard" : `are ${numShards} shards`}`,
        help: `The server looks for ${quoted(name)} and the load fails. Export the model again.`,
      };
    }
    const missing: string[] = [];
    for (const shard of used) {
      if (beyond.includes(shard)) continue;
      const name = shardName(shard, numShards);
      const { problem, size, path } = index.shardFile(shard);
      if (!listed.has(name)) {
        missing.push(name);
        continue;
      }
      if (problem !== undefined) {
        if (context.isDead(`variables/${name}`)) continue;
        yield {
          file: path,
          message:
            problem.fault === "unreadable"
              ? `data file ${quoted(name)} can't be read: ${problem.reason}`
              : `data file ${quoted(name)}: ${problem.reason}`,
          help:
            problem.fault === "unreadable"
              ? "Let the server's user read it (chmod a+r)."
              : "The load fails. Copy all files of variables/; publish by renaming a finished folder.",
        };
        continue;
      }
      const foreign = size === ends.get(shard) || size === 0 ? undefined : foreignShard(context, name);
      if (foreign !== undefined) {
        yield {
          file: path,
          message: `data file ${quoted(name)} ${foreign.what}`,
          help: `The load fails. ${foreign.mend}`,
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
    if (missing.length > 0) {
      const ofOther = others.filter((other) => !other.endsWith(`-of-${String(numShards).padStart(5, "0")}`));
      const [wanted = ""] = missing;
      const part = names.find(
        (name) => remainsOf(name, wanted) || (isDataFile(name) && plain(name) === plain(wanted)),
      );
      yield {
        file: context.file("variables"),
        message: `${missing.length === 1 ? "data file" : `${missing.length} of ${numShards} data files are missing:`} ${some(missing, 2)}${missing.length === 1 ? " is missing" : ""}${part === undefined ? "" : `, but ${quoted(part)} is there`}`,
        help:
          part !== undefined
            ? "The load fails: the file was not finished, not unpacked or not renamed. Copy it again; to keep a polling server from half a version, copy under a non-numeric name and rename."
            : ofOther.length > 0
              ? `There is ${some(ofOther, 2)}, but the index was written for ${count(numShards, "file")}: index and data come from different exports, or one of them was changed.`
              : "The load fails. Copy all files of variables/; publish by renaming a finished folder.",
      };
    }
    const stray = others.filter((name) => {
      const [, shard, shards] = /-(\d+)-of-(\d+)$/.exec(name) ?? [];
      return Number(shards) !== numShards || Number(shard) >= numShards;
    });
    if (stray.length > 0 && missing.length === 0 && beyond.length === 0) {
      yield {
        file: context.file("variables", stray[0] ?? ""),
        severity: "warning",
        message: `${some(stray)} ${stray.length === 1 ? "belongs" : "belong"} to no shard of the index (${count(numShards, "shard")})`,
        help: "It is not read, but counts toward the model's size. Remove it, or copy the export again.",
      };
    }
  },
});

/** A data file's name with its numbers as numbers: `variables.data-0-of-1`. */
const plain = (name: string): string => name.replace(/-0+(?=\d)/g, "-");

function openFails(context: Parameters<typeof rule.check>[0], path: string): string | undefined {
  try {
    context.fs.open(path).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(path.length + 2) : String(error);
  }
}
