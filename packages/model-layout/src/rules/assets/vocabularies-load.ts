import { FileSystemError, readWholeFile } from "../../files/model-file-system.ts";
import { isLfsPointer } from "../../files/sniff.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { assetUse, type TableInit } from "./asset-use.ts";

/** Vocabularies beyond this size are not searched for repeated keys. */
const LIMIT = 256 << 20;

/** Whole line, or a column of it; undefined where the line has no such column. */
function column(line: string, index: number, delimiter: string, number: number): string | undefined {
  if (index === -2) return line;
  if (index === -1) return String(number);
  return line.split(delimiter)[index];
}

function repeatedKey(
  text: string,
  { keyIndex, valueIndex, delimiter }: TableInit,
): { key: string; first: number; second: number } | undefined {
  if (keyIndex === -1) return undefined;
  const seen = new Map<string, { value: string | undefined; line: number }>();
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [number, line] of lines.entries()) {
    const key = column(line, keyIndex, delimiter, number);
    if (key === undefined) continue;
    const value = column(line, valueIndex, delimiter, number);
    const before = seen.get(key);
    // The same pair again is accepted.
    if (before !== undefined && before.value !== value)
      return { key, first: before.line + 1, second: number + 1 };
    if (before === undefined) seen.set(key, { value, line: number });
  }
  return undefined;
}

export const rule = versionRule({
  id: "assets/vocabularies-load",
  level: "graph",
  summary: "a vocabulary that a table is filled from is not empty and has each key once",
  severity: "error",
  effect: "load-fails",
  why: "Hash tables are filled from their vocabulary while the model loads: an empty file, or a key that comes again with another value, fails the load. Other text, such as a Git LFS pointer, loads and gives wrong answers.",
  mend: "Copy the vocabulary of the export; remove repeated lines before exporting.",
  evidence: ["tensorflow: core/kernels/lookup_util.cc", "TensorFlow 2.17.1's loader with such files"],
  logTexts: ["HashTable has different value for same key. Key … has … and trying to add value …"],
  examples: {
    bad: [folder("twice", { "m/1/assets/vocab.txt": "one\ntwo\none\n" })],
    good: [folder("once", { "m/1/assets/vocab.txt": "one\ntwo\n" })],
  },
  *check(context) {
    if (context.servesTflite || context.meta === undefined) return;
    const seen = new Set<string>();
    for (const asset of context.meta.assets) {
      if (seen.has(asset.filename)) continue;
      seen.add(asset.filename);
      const name = `assets/${asset.filename}`;
      const stat = context.stat(name);
      if (!stat.ok || stat.value.kind !== "file") continue;
      const file = context.file(name);
      if (isLfsPointer(context.head(name))) {
        yield {
          file,
          severity: "warning",
          message: `asset ${quoted(asset.filename)} is a Git LFS pointer, not the file itself`,
          help: "It is read as a vocabulary of three lines, and answers are wrong. Fetch the file (git lfs pull).",
        };
        continue;
      }
      const { tables } = assetUse(context, asset);
      if (tables.length === 0) continue;
      if (stat.value.size === 0) {
        yield {
          file,
          message: `vocabulary ${quoted(asset.filename)} is empty`,
          help: "The load fails with `Read less bytes than requested`. Copy the file of the export.",
        };
        continue;
      }
      if (stat.value.size > LIMIT) continue;
      let text: string;
      try {
        text = new TextDecoder("latin1").decode(readWholeFile(context.fs, file, LIMIT));
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield {
          file,
          message: `asset ${quoted(asset.filename)} can't be read: ${error.message.slice(file.length + 2)}`,
          help: "The load fails. Let the server's user read it (chmod a+r).",
        };
        continue;
      }
      for (const table of tables) {
        const twice = repeatedKey(text, table);
        if (twice === undefined) continue;
        yield {
          file,
          message: `vocabulary ${quoted(asset.filename)} has the key ${quoted(twice.key.slice(0, 80))} in line ${twice.first} and again in line ${twice.second}`,
          help: "A table refuses a second value for a key, so the load fails. Keep one of the lines.",
        };
        break;
      }
    }
  },
});
