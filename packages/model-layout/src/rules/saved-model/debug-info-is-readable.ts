import { schemas } from "@servable/protos/text-schema";
import { FileSystemError, readWholeFile } from "../../files/model-file-system.ts";
import { findWireFault } from "../../wire/find-wire-fault.ts";
import { folder, versionRule } from "../model-rule.ts";

const NAME = "debug/saved_model_debug_info.pb";

export const rule = versionRule({
  id: "saved-model/debug-info-is-readable",
  level: "graph",
  summary: "debug/saved_model_debug_info.pb is a GraphDebugInfo where it is there",
  severity: "error",
  effect: "load-fails",
  why: "The loader reads this file, if it is there, before it loads the graph, although serving needs nothing of it: one that is cut off, or a pointer of Git LFS in its place, fails the load.",
  mend: "Copy the file again, or delete the debug folder: the server does without it.",
  evidence: [
    "tensorflow: cc/saved_model/reader.cc ReadSavedModelDebugInfoIfPresent",
    "TensorFlow 2.17.1's loader on such files",
  ],
  logTexts: [
    "Read less bytes than requested",
    "Can't parse …/debug/saved_model_debug_info.pb as binary proto",
  ],
  examples: {
    bad: [folder("a pointer", { [`m/1/${NAME}`]: "version https://git-lfs.github.com/spec/v1" })],
    good: [
      folder("as exported", { [`m/1/${NAME}`]: "GraphDebugInfo" }),
      folder("none", { "m/1/saved_model.pb": "SavedModel" }),
    ],
  },
  *check(context) {
    const stat = context.has(NAME) ? context.stat(NAME) : undefined;
    if (context.servesTflite || stat?.ok !== true || stat.value.kind !== "file") return;
    const file = context.file(NAME);
    const known = stat.value.size === 0 ? undefined : context.sniff(NAME);
    const problem = known?.sure === true ? `holds ${known.what}` : fault(context.fs, file);
    if (problem === undefined) return;
    yield {
      file,
      message: `saved_model_debug_info.pb ${problem}`,
      help: "The loader reads it before the graph, so the load fails. Copy it again, or delete the debug folder: the server does without it.",
    };
  },
});

function fault(fs: Parameters<typeof readWholeFile>[0], file: string): string | undefined {
  try {
    const found = findWireFault(readWholeFile(fs, file), "tensorflow.GraphDebugInfo", schemas);
    return found === undefined
      ? undefined
      : `is damaged or cut off: ${found.message} (at byte ${found.offset})`;
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return `can't be read: ${error.message.slice(file.length + 2)}`;
  }
}
