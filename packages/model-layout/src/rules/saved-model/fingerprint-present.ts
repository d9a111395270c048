import { isAtLeast } from "../../discovery/version-name.ts";
import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "saved-model/fingerprint-present",
  level: "graph",
  summary: "an export of TensorFlow 2.12 or newer brings its fingerprint.pb",
  severity: "info",
  effect: "silent",
  why: "tf.saved_model.save writes fingerprint.pb beside saved_model.pb. The server does not need it, but where it is missing some files of the export may not have been copied, and whether graph and variables belong together can't be checked.",
  mend: "Copy the whole export.",
  evidence: ["TensorFlow 2.17.1's loader without fingerprint.pb"],
  examples: {
    bad: [folder("lost", { "m/1/saved_model.pb": "TF2 SavedModel" })],
    good: [folder("whole", { "m/1/saved_model.pb": "TF2 SavedModel", "m/1/fingerprint.pb": "hashes" })],
  },
  *check(context) {
    const { meta } = context;
    // Only TF2 exports have the initialiser signature; TF1 ones never had a fingerprint.
    if (meta === undefined || !meta.signatures.has("__saved_model_init_op") || context.has("fingerprint.pb"))
      return;
    if (!isAtLeast(meta.tensorflowVersion, 2, 12) || context.has("saved_model.pbtxt")) return;
    yield {
      file: context.path,
      message: `fingerprint.pb is missing, which TensorFlow ${meta.tensorflowVersion} writes with every export`,
      help: "The server does not need it; check that the rest of the export was copied.",
    };
  },
});
