import { nearest } from "@servable/diagnostics";
import { dtypeOf, showShape } from "@servable/tensors";
import { folder, quoted, some } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

/** From more missing keys than this on, they are one finding. */
const MOST_NAMED = 3;

export const rule = variablesRule({
  id: "variables/restored-keys-exist",
  level: "graph",
  summary: "every tensor that the graph restores is in the index, with the dtype that the graph expects",
  severity: "error",
  effect: "load-fails",
  why: "The graph lists by name and dtype what it restores; one key that the index lacks, or has in another dtype, fails the load.",
  mend: "Copy graph and variables from one export.",
  evidence: [
    "tensorflow: core/kernels/save_restore_tensor.cc RestoreTensorsV2",
    "TensorFlow 2.17.1's loader on such models",
  ],
  logTexts: [
    "tensor_names and shape_and_slices have different number of elements: … vs. …",
    "Need least two elements in shape_and_slice specification: …",
    "Shape in shape_and_slice spec … does not match the shape stored in checkpoint: …",
    "Key … not found in checkpoint",
    "tensor_name = …; expected dtype … does not equal original dtype …",
    "Does not have sufficient slices for partitioned tensor …",
  ],
  examples: {
    bad: [
      folder("a key less", {
        "m/1/saved_model.pb": "RestoreV2 of a and b",
        "m/1/variables/variables.index": "a",
      }),
    ],
    good: [
      folder("both", {
        "m/1/saved_model.pb": "RestoreV2 of a and b",
        "m/1/variables/variables.index": "a, b",
      }),
    ],
  },
  *check(context) {
    const { restorePlan: plan, variables } = context;
    if (context.servesTflite || plan === undefined || variables?.ok !== true) return;
    const index = variables.value;
    for (const { node, message } of plan.uneven) {
      yield {
        file: context.savedModel.ok ? context.savedModel.value.file : index.file,
        message: `node ${quoted(node)} (RestoreV2) ${message}`,
        help: "The three lists must be of one length, so the load fails. Export the model again.",
      };
    }
    const missing = plan.tensors.filter(({ key }) => {
      const entry = index.entry(key);
      return entry === undefined || entry.keyHex !== undefined;
    });
    if (missing.length > MOST_NAMED) {
      const variables = index.entries.filter(
        ({ keyHex, key }) => keyHex === undefined && key !== "_CHECKPOINTABLE_OBJECT_GRAPH",
      );
      const restored = new Set(plan.tensors.map(({ key }) => key));
      const other = variables.filter(({ key }) => !restored.has(key)).map(({ key }) => key);
      yield {
        file: index.file,
        message: `${missing.length} of ${plan.tensors.length} keys that the graph restores are not in the index: ${some(missing.map(({ key }) => key))}`,
        help: `The load fails at ${missing[0]!.node}. ${other.length > 0 ? `The index has ${some(other)} instead: graph and variables come from different exports.` : variables.length === 0 ? "The index holds no variable at all: copy variables/ of the export." : "Graph and variables come from different exports."}`,
      };
    }
    for (const { key, dtype, slice, badSlice, node } of plan.tensors) {
      const entry = index.entry(key);
      if (entry === undefined || entry.keyHex !== undefined) {
        if (missing.length > MOST_NAMED) continue;
        const near = nearest(
          key,
          index.entries.filter(({ keyHex }) => keyHex === undefined).map((other) => other.key),
        );
        yield {
          file: index.file,
          message: `key ${quoted(key)}, which the graph restores, is not in the index${near === undefined ? "" : ` (${quoted(near)} is near)`}`,
          help: `The load fails at ${node}. Graph and variables come from different exports.`,
        };
        continue;
      }
      if (entry.unknownDtype !== undefined) continue; // variables/entries-fit-shards
      const want = dtypeOf(dtype > 100 ? dtype - 100 : dtype);
      if (want !== undefined && want !== entry.dtype) {
        yield {
          file: index.file,
          message: `${quoted(key)} is stored as ${entry.dtype} but the graph restores ${want}`,
          help: `The load fails at ${node}. Graph and variables come from different exports.`,
        };
        continue;
      }
      if (badSlice !== undefined) {
        yield {
          file: context.savedModel.ok ? context.savedModel.value.file : index.file,
          message: `the slice of ${quoted(key)} that the graph restores ${badSlice}`,
          help: `The load fails at ${node}. Export the model again.`,
        };
        continue;
      }
      if (slice !== undefined && entry.shape !== null && entry.shape.join() !== slice.shape.join()) {
        yield {
          file: index.file,
          message: `${quoted(key)} is stored with shape ${showShape(entry.shape)} but the graph restores a slice of ${showShape(slice.shape)}`,
          help: `The load fails at ${node}. Graph and variables come from different exports.`,
        };
      }
      // Whether the stored slices make up what is asked for: variables/slices-complete.
    }
  },
});
