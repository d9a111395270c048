import { schemas } from "@servable/protos/text-schema";
import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { findWireFault } from "../../wire/find-wire-fault.ts";
import { folder, versionRule } from "../model-rule.ts";

const KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

export const rule = versionRule({
  id: "variables/object-graph-is-readable",
  level: "bytes",
  summary: "the object graph of a TF2 checkpoint is a TrackableObjectGraph",
  severity: "warning",
  effect: "degrades",
  why: "The server restores the string without looking into it, but tf.saved_model.load, fine-tuning and converters need it, and one that can't be read says that the checkpoint is not what was written.",
  mend: "Copy the variables folder again, or export the model again.",
  evidence: [
    "tensorflow/core/protobuf/trackable_object_graph.proto",
    "TensorFlow 2.17.1: such a model loads in C++",
  ],
  examples: {
    bad: [folder("other bytes", { "m/1/variables/variables.data-00000-of-00001": `${KEY}: no message` })],
    good: [
      folder("as exported", {
        "m/1/variables/variables.data-00000-of-00001": `${KEY}: TrackableObjectGraph`,
      }),
    ],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true) return;
    const index = variables.value;
    const entry = index.entry(KEY);
    if (entry === undefined || entry.dtype !== "DT_STRING") return;
    let bytes: Uint8Array | undefined;
    try {
      const { data } = index.readTensor(KEY, { verify: true });
      bytes = (data as readonly Uint8Array[])[0];
    } catch (error) {
      // Sizes and checksums have rules of their own.
      if (error instanceof ModelReadError) return;
      throw error;
    }
    const fault =
      bytes === undefined ? undefined : findWireFault(bytes, "tensorflow.TrackableObjectGraph", schemas);
    if (fault === undefined) return;
    yield {
      file: index.shardFile(entry.shard).path,
      message: `the object graph (${KEY}) can't be read: ${fault.message} (at byte ${fault.offset} of it)`,
      help: "The server loads the model all the same; tf.saved_model.load and converters don't. Copy the variables folder again, or export the model again.",
    };
  },
});
