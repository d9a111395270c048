import { sliceShape, slicesCover } from "../../variables/join-slices.ts";
import { StoredTensorError } from "../../variables/stored-tensor.ts";
import { count, folder, quoted } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/slices-complete",
  level: "quick",
  summary: "the slices of a partitioned variable are all there and make up its shape",
  severity: "error",
  effect: "load-fails",
  why: "A partitioned variable is stored in slices, each under a key of its own; a slice that is missing or of another shape fails the load.",
  mend: "Export the model again.",
  evidence: [
    "tensorflow: core/util/tensor_bundle/tensor_bundle.cc GetSliceValue",
    "TensorFlow 2.17.1's loader without a slice",
  ],
  logTexts: [
    "Does not have sufficient slices for partitioned tensor … to restore in slice_spec: …",
    "Key … not found in checkpoint",
  ],
  examples: {
    bad: [folder("one slice short", { "m/1/variables/variables.index": "emb in 2 slices, one slice entry" })],
    good: [folder("all slices", { "m/1/variables/variables.index": "emb in 2 slices, two slice entries" })],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const index = variables.value;
    for (const entry of index.entries) {
      if (entry.slices.length === 0 || entry.shape === null) continue;
      try {
        const { shape } = entry;
        const missing = entry.slices.filter((extents) => index.sliceEntry(entry, extents) === undefined);
        if (missing.length > 0) {
          yield {
            file: index.file,
            message: `${quoted(entry.key)}: ${count(missing.length, "slice")} of ${entry.slices.length} ${missing.length === 1 ? "is" : "are"} not in the index`,
            help: "The load fails. Export the model again.",
          };
          continue;
        }
        for (const extents of entry.slices) {
          const part = index.sliceEntry(entry, extents);
          const want = sliceShape(shape, extents);
          if (part !== undefined && (part.dtype !== entry.dtype || part.shape?.join() !== want.join())) {
            yield {
              file: index.file,
              message: `${quoted(entry.key)}: a slice is stored as ${part.dtype} [${part.shape}] instead of ${entry.dtype} [${want}]`,
              help: "The load fails. Export the model again.",
            };
          }
        }
        if (!slicesCover(shape, entry.slices)) {
          yield {
            file: index.file,
            message: `${quoted(entry.key)}: its slices do not make up the shape [${shape}]`,
            help: "The load fails where a missing part is asked for. Export the model again.",
          };
        }
      } catch (error) {
        if (!(error instanceof StoredTensorError)) throw error;
        yield {
          file: index.file,
          message: `${quoted(entry.key)}: ${error.message}`,
          help: "The load fails. Export the model again.",
        };
      }
    }
  },
});
