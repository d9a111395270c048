import { nameOfEntry } from "../../variables/bundle-entry.ts";
import { folder, quoted } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/keys-sorted",
  level: "quick",
  summary: "the keys of variables.index are in byte order, each once",
  severity: "error",
  effect: "load-fails",
  why: "The server looks keys up by binary search: one that is out of order is not found, although it is there.",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1's loader on such a table: Key … not found in checkpoint"],
  logTexts: ["Key … not found in checkpoint"],
  examples: {
    bad: [folder("out of order", { "m/1/variables/variables.index": "b, a" })],
    good: [folder("in order", { "m/1/variables/variables.index": "a, b" })],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const { entries, file } = variables.value;
    for (let at = 1; at < entries.length; at++) {
      const order = compare(entries[at - 1]!.keyBytes, entries[at]!.keyBytes);
      if (order < 0) continue;
      const key = quoted(nameOfEntry(entries[at]!));
      if (order === 0) {
        yield {
          file,
          severity: "warning",
          message: `key ${key} is there twice`,
          help: "One of the two is found, which one hangs on where they lie. Export the model again.",
        };
        continue;
      }
      yield {
        file,
        message: `key ${key} comes after ${quoted(nameOfEntry(entries[at - 1]!))}, out of byte order`,
        help: "Keys are looked up by binary search, so some are not found. Export the model again.",
      };
      return;
    }
  },
});

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
