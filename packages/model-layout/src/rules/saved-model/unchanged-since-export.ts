import { folder, versionRule } from "../model-rule.ts";
import { changedParts, variablesChanged } from "./since-export.ts";

export const rule = versionRule({
  id: "saved-model/unchanged-since-export",
  level: "graph",
  summary: "saved_model.pb is byte for byte what fingerprint.pb was made for",
  severity: "warning",
  effect: "silent",
  why: "The exporter writes hashes of saved_model.pb into fingerprint.pb. The server does not look, so a flipped bit in a constant, a file of another export or an edited graph is served as if nothing had happened, with other answers.",
  mend: "Copy the whole export again; after a wanted edit, delete fingerprint.pb or let TensorFlow write it again.",
  evidence: [
    "tensorflow/cc/saved_model/fingerprinting.cc, core/graph/regularization/simple_delete.cc",
    "saved_model_checksum reproduced for every export of TensorFlow 2.11 to 2.20 that was tried",
  ],
  examples: {
    bad: [
      folder("edited after the export", {
        "m/1/fingerprint.pb": "hashes of the export",
        "m/1/saved_model.pb": "the export with another constant",
      }),
    ],
    good: [
      folder("as exported", {
        "m/1/fingerprint.pb": "hashes of the export",
        "m/1/saved_model.pb": "the export",
      }),
    ],
  },
  *check(context) {
    const parts = changedParts(context);
    if (parts.length === 0 || !context.savedModel.ok) return;
    // Where the variables are not what it was made for either, it is fingerprint.pb that does not belong here.
    if (variablesChanged(context)) return;
    const { file } = context.savedModel.value;
    yield {
      file,
      message: `saved_model.pb was changed after its export: its ${parts.join(" and ")} ${parts.length === 1 && !parts[0]!.endsWith("s") && !parts[0]!.endsWith("data") ? "is" : "are"} not what fingerprint.pb was made for`,
      help: "The server loads it all the same and may answer otherwise than the exporter did. Copy the whole export again, or, if the edit was meant, delete fingerprint.pb.",
      related: [{ message: "the hashes are stored here", file: context.file("fingerprint.pb") }],
    };
  },
});
