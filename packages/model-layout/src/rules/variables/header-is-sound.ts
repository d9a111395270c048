import { folder } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

/** kTensorBundleVersion of every TensorFlow up to 2.20. */
const BUNDLE_VERSION = 1;

export const rule = variablesRule({
  id: "variables/header-is-sound",
  level: "quick",
  summary: "the header of variables.index fits the data and the server",
  severity: "error",
  effect: "load-fails",
  why: "The header says how many data files there are and which reader it takes.",
  mend: "Export or copy the model again.",
  evidence: [
    "tensorflow: core/util/tensor_bundle/tensor_bundle.cc BundleReader",
    "TensorFlow 2.17.1's loader on such files",
  ],
  logTexts: [
    "Checkpoint min consumer version … above current version … for TensorFlow ….  Please upgrade TensorFlow.",
  ],
  examples: {
    bad: [folder("too new", { "m/1/variables/variables.index": "header { version { min_consumer: 99 } }" })],
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
    if (header.numShards < 1 && !header.missing) {
      yield {
        file,
        message: `the header promises ${header.numShards} data files`,
        help: "The load fails. Export the model again.",
      };
    }
  },
});
