import { byteText } from "../../files/byte-text.ts";
import { FileSystemError, readWholeFile } from "../../files/model-file-system.ts";
import type { Sniffed } from "../../files/sniff.ts";
import { dtypeName } from "../../graph/check-node.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { assetUse } from "./asset-use.ts";
import { readVocabulary } from "./read-vocabulary.ts";

/** Vocabularies beyond this size are not read. */
const LIMIT = 256 << 20;

const INT64 = 9;

/** What a vocabulary is that is no plain text, as the end of "vocabulary x …". */
function noVocabulary(known: Sniffed | undefined, head: Uint8Array): string | undefined {
  if (known !== undefined && !/plain text|JSON|0 bytes/.test(known.what)) return `holds ${known.what}`;
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return "begins with a UTF-8 byte order mark (BOM), which becomes part of its first line";
  return head.includes(0) ? "holds zero bytes, as no text does" : undefined;
}

export const rule = versionRule({
  id: "assets/vocabularies-load",
  level: "graph",
  summary:
    "a vocabulary that a table is filled from has the lines and columns that the table reads, and each key once",
  severity: "error",
  effect: "load-fails",
  why: "Hash tables are filled from their vocabulary while the model loads: an empty file or line, a line with too few columns, fewer lines than were exported, or a key that comes again with another value fails the load. Other text, such as a Git LFS pointer, loads and gives wrong answers.",
  mend: "Copy the vocabulary of the export; remove repeated lines before exporting.",
  evidence: ["tensorflow: core/kernels/lookup_util.cc", "TensorFlow 2.17.1's loader with such files"],
  logTexts: [
    "Invalid content in …: empty line found at position ….",
    "Invalid number of columns in … line … (…) : expected at least … got …",
    "Invalid vocab_size in …: expected … but got …",
    "Field … in line … is not a valid int64.",
    "Key index for line number requires table key dtype of int64, got …",
    "HashTable has different value for same key. Key … has … and trying to add value …",
  ],
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
      const known = context.sniff(name);
      if (known?.pointer === true) {
        yield {
          file,
          severity: "warning",
          message: `asset ${quoted(asset.filename)} is ${known.what}`,
          help: `Its few lines are read as if they were the asset, and answers are wrong. ${known.mend}`,
        };
        continue;
      }
      const tables = context.meta.assets
        .filter(({ filename }) => filename === asset.filename)
        .flatMap((other) => assetUse(context, other).tables);
      if (tables.length === 0) continue;
      const other = noVocabulary(known, context.head(name));
      for (const { node, keyIndex, valueIndex, keyType, valueType } of tables) {
        for (const [what, index, type] of [
          ["key", keyIndex, keyType],
          ["value", valueIndex, valueType],
        ] as const) {
          if (index !== -1 || type === undefined || type === INT64) continue;
          yield {
            file: context.savedModel.ok ? context.savedModel.value.file : context.path,
            message: `node ${quoted(node.name)} (${node.op}) fills a table whose ${what}s are ${dtypeName(type)} with line numbers, which are DT_INT64`,
            help: "The load fails. Export the model again.",
          };
        }
      }
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
        text = byteText(readWholeFile(context.fs, file, LIMIT));
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        yield {
          file,
          message: `asset ${quoted(asset.filename)} can't be read: ${error.message.slice(file.length + 2)}`,
          help: "The load fails. Let the server's user read it (chmod a+r).",
        };
        continue;
      }
      let fails = false;
      for (const table of tables) {
        const fault = readVocabulary(text, table);
        if (fault === undefined) continue;
        fails = true;
        yield {
          file,
          message: `vocabulary ${quoted(asset.filename)}${other === undefined ? "" : ` ${other}`}: ${fault.message}`,
          help: fault.help,
        };
        break;
      }
      if (fails || other === undefined) continue;
      yield {
        file,
        severity: "warning",
        message: `vocabulary ${quoted(asset.filename)} ${other}`,
        help: "The table takes its bytes for words all the same: the model loads, and no key is found or the first one is not. Copy the file of the export.",
      };
    }
  },
});
