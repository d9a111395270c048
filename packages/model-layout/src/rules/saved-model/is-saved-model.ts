import { copyDamage } from "../../files/copy-damage.ts";
import { folder, versionRule } from "../model-rule.ts";
import { recognise, recogniseText } from "./recognise.ts";

const REMEDY = "Export or copy the model again and compare sizes and checksums with the source.";

export const rule = versionRule({
  id: "saved-model/is-saved-model",
  level: "quick",
  summary: "saved_model.pb is a serialized SavedModel with meta graphs",
  severity: "error",
  effect: "load-fails",
  why: "The loader reads the whole message or fails, with texts that name neither the cause nor the byte: `Read less bytes than requested`, `Can't parse`, or that no meta graph has the tags.",
  mend: REMEDY,
  evidence: [
    "tensorflow: cc/saved_model/reader.cc ReadSavedModel",
    "TensorFlow 2.17.1's loader on damaged files",
  ],
  logTexts: [
    "Could not find meta graph def matching supplied tags: { serve }. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI",
    "Read less bytes than requested",
    "Can't parse … as binary proto",
    "Can't parse … as text proto",
    "Error parsing text-format tensorflow.SavedModel: …",
    "A protocol message was rejected because it was too big (more than 1073741824 bytes)",
  ],
  symptoms: [8, 13, 15],
  examples: {
    bad: [folder("a pointer", { "m/1/saved_model.pb": "version https://git-lfs.github.com/spec/v1" })],
    good: [folder("a SavedModel", { "m/1/saved_model.pb": "SavedModel" })],
  },
  *check(context) {
    if (context.servesTflite || !context.hasSavedModelFile) return;
    const name = context.savedModelName;
    const file = context.file(name);
    if (context.isDead(name)) return;
    const opened = context.savedModel;
    if (!opened.ok) {
      const { fault, reason } = opened.error;
      if (fault === "not-a-file") {
        yield {
          file,
          message: `${name} is not a regular file: ${reason}`,
          help: "Often the folder of a mount that should have gone one level higher. Put the file itself there.",
        };
      } else if (fault === "unreadable") {
        yield {
          file,
          message: `${name} can't be read: ${reason}`,
          help: "Let the server's user read it (chmod a+r).",
        };
      } else if (fault === "changed" || fault === "not-found") {
        yield {
          file,
          message: `${name} ${fault === "changed" ? reason : "vanished while it was read"}`,
          help: "The version is being copied or replaced right now. Publish by renaming a finished folder.",
        };
      } else {
        const known = name === "saved_model.pbtxt" ? recogniseText(context, name) : recognise(context, name);
        yield {
          file,
          message: known?.message ?? `${name} is damaged or cut off: ${reason}`,
          help: known?.help ?? REMEDY,
        };
      }
      return;
    }
    const { metaGraphs } = opened.value;
    if (
      metaGraphs.length === 0 ||
      metaGraphs.every(({ tags, graphBytes }) => tags.length === 0 && graphBytes === 0)
    ) {
      const known = recognise(context, name);
      yield {
        file,
        message: known === undefined ? `${name} holds no meta graph` : `${known.message}, not a SavedModel`,
        help: "The server answers that no meta graph has the tag `serve`. Export the model as a SavedModel.",
      };
      return;
    }
    if (context.level === "quick" || name !== "saved_model.pb") return;
    const size = context.stat(name);
    if (!size.ok || size.value.size > 0x7fffffff) return; // saved-model/size-is-loadable
    const fault = context.wireFault;
    if (fault !== undefined) {
      const damage = copyDamage(opened.value.source.bytes);
      yield {
        file,
        message: `${name} is damaged in ${fault.path || "the message itself"}: ${fault.message} (at byte ${fault.offset})${damage === undefined ? "" : `; it ${damage.what}`}`,
        help: `The server can't parse it. ${damage?.mend ?? REMEDY}`,
      };
    }
  },
});
