import { folder, versionRule } from "../model-rule.ts";

/** kTensorBundleVersion of every TensorFlow up to 2.20. */
const BUNDLE_VERSION = 1;

export const rule = versionRule({
  id: "variables/header-is-sound",
  level: "quick",
  summary: "the header of variables.index fits the data and the server",
  severity: "error",
  effect: "load-fails",
  why: "The header says how many data files there are, in which byte order, and which reader it takes. A wrong byte order goes unnoticed: the server swaps the bytes of every number and answers nonsense.",
  mend: "Export or copy the model again.",
  evidence: [
    "tensorflow: core/util/tensor_bundle/tensor_bundle.cc BundleReader",
    "TensorFlow 2.17.1's loader on such files",
  ],
  logTexts: [
    "Checkpoint min consumer version … above current version … for TensorFlow ….  Please upgrade TensorFlow.",
  ],
  examples: {
    bad: [folder("big endian", { "m/1/variables/variables.index": "header { endianness: BIG }" })],
    good: [
      folder("usual", {
        "m/1/variables/variables.index": "header { num_shards: 1 version { producer: 1 } }",
      }),
    ],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const { header, file } = variables.value;
    if (header.missing) {
      yield {
        file,
        severity: "warning",
        message: `the header entry is missing: the first entry is read in its place (as ${header.numShards} shard${header.numShards === 1 ? "" : "s"})`,
        help: "It works by accident, if at all. Export the model again.",
      };
    }
    if (header.versionMinConsumer > BUNDLE_VERSION) {
      yield {
        file,
        message: `the header wants a reader of version ${header.versionMinConsumer}, every TensorFlow up to 2.20 has ${BUNDLE_VERSION}`,
        help: "The load fails. The file is newer than the server, or damaged.",
      };
    }
    if (header.versionBadConsumers.includes(BUNDLE_VERSION)) {
      yield {
        file,
        message: `the header refuses readers of version ${BUNDLE_VERSION}, which is every TensorFlow up to 2.20`,
        help: "The load fails.",
      };
    }
    if (header.endianness === "BIG") {
      yield {
        file,
        message: "the header says big-endian: a server on x86 or ARM swaps the bytes of every number",
        help: "Unless it was written on a big-endian machine, the model loads and answers nonsense. Export it again on the kind of machine that serves it.",
      };
    }
    if (header.numShards < 1 && !header.missing) {
      yield {
        file,
        message: `the header promises ${header.numShards} data files`,
        help: "The load fails. Export the model again.",
      };
    }
  },
});
