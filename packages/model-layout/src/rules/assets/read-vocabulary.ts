import type { TableInit } from "./asset-use.ts";

/** What fails the initialisation of a table, and the line where it does, counted from 1. */
export interface VocabularyFault {
  readonly line: number;
  readonly message: string;
  readonly help: string;
}

const NUMBERS: Readonly<Record<number, readonly [name: string, pattern: RegExp]>> = {
  1: ["a float", /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf(inity)?|nan)\s*$/i],
  3: ["an int32", /^\s*[-+]?\d+\s*$/],
  9: ["an int64", /^\s*[-+]?\d+\s*$/],
};

/**
 * Reads a vocabulary as TextFileLineIterator does (core/kernels/lookup_util.cc): lines end with `\n`, every `\r` is
 * dropped, an empty line or one with too few columns is an error, and so is a key that comes again with another value.
 * Lines beyond `vocab_size` are not read.
 */
export function readVocabulary(text: string, table: TableInit): VocabularyFault | undefined {
  const { keyIndex, valueIndex, delimiter, vocabSize, keyType, valueType } = table;
  const columns = Math.max(keyIndex, valueIndex) + 1;
  const seen = new Map<string, { readonly value: string; readonly line: number }>();
  const lines = text.split("\n");
  if (lines.at(-1)?.replaceAll("\r", "") === "") lines.pop();
  // A line's number is new for each line, so keys can't repeat; only the form of the lines is looked at then.
  for (const [number, raw] of lines.entries()) {
    if (vocabSize !== -1 && number >= vocabSize) return undefined;
    const line = raw.includes("\r") ? raw.replaceAll("\r", "") : raw;
    const at = (message: string, help: string): VocabularyFault => ({ line: number + 1, message, help });
    if (line === "")
      return at(
        `line ${number + 1} is empty`,
        "A table takes no empty line, so the load fails. Remove it, or copy the file of the export.",
      );
    let parts: readonly string[] | undefined;
    if (columns > 0) {
      parts = line.split(delimiter);
      if (parts.length < columns)
        return at(
          `line ${number + 1} has ${parts.length} column${parts.length === 1 ? "" : "s"} where the table reads ${columns}`,
          "The load fails. Copy the file of the export.",
        );
    }
    const column = (index: number): string =>
      index === -2 ? line : index === -1 ? String(number) : (parts?.[index] ?? "");
    const key = column(keyIndex);
    const value = column(valueIndex);
    for (const [what, index, field, type] of [
      ["key", keyIndex, key, keyType],
      ["value", valueIndex, value, valueType],
    ] as const) {
      const form = index === -1 || type === undefined ? undefined : NUMBERS[type];
      if (form !== undefined && !form[1].test(field))
        return at(
          `the ${what} ${JSON.stringify(field.slice(0, 80))} in line ${number + 1} is not ${form[0]}`,
          "The table reads numbers there, so the load fails. Copy the file of the export.",
        );
    }
    if (keyIndex === -1) continue;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, { value, line: number + 1 });
    // The same pair again is accepted.
    else if (before.value !== value)
      return at(
        `the key ${JSON.stringify(key.slice(0, 80))} is in line ${before.line} and again in line ${number + 1}`,
        "A table refuses a second value for a key, so the load fails. Keep one of the lines.",
      );
  }
  if (vocabSize !== -1 && lines.length < vocabSize)
    return {
      line: lines.length,
      message: `there ${lines.length === 1 ? "is 1 line" : `are ${lines.length} lines`} where the table was exported with ${vocabSize}`,
      help: "The load fails. Copy the file of the export.",
    };
  return undefined;
}
