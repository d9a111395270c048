import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import type { TensorInfo } from "../../saved-model/signature.ts";
import { readTflite, type TfliteTensor } from "../../tflite/read-tflite.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";

const NAME = "model.tflite";

/** Without the output index, which TFLite tensors don't have. */
const bare = (name: string): string => name.replace(/:\d+$/, "");

export const rule = versionRule({
  id: "saved-model/tflite-is-readable",
  level: "quick",
  summary: "model.tflite is a TFLite model where the server prefers it",
  severity: "error",
  effect: "load-fails",
  why: "With --prefer_tflite_model a version that holds model.tflite is served from it alone, and a good saved_model.pb beside it is not looked at: a file that is no TFLite model, or a signature of tensors that it lacks, fails the load.",
  mend: "Convert the model again, or remove model.tflite so that the SavedModel is served.",
  evidence: [
    "tensorflow/serving: servables/tensorflow/tflite_session.cc:461-508",
    "tensorflow/serving: servables/tensorflow/saved_model_bundle_factory.cc:132,169-181",
  ],
  logTexts: ["Cannot build FlatBufferModel from buffer.", "Unknown tensor '…'."],
  examples: {
    bad: [
      folder("with --prefer_tflite_model", { [`m/1/${NAME}`]: "version https://git-lfs.github.com/spec/v1" }),
    ],
    good: [folder("with --prefer_tflite_model", { [`m/1/${NAME}`]: "TFL3 flatbuffer" })],
  },
  *check(context) {
    if (!context.servesTflite) return;
    const file = context.file(NAME);
    if (context.isDead(NAME)) return;
    const known = context.sniff(NAME);
    const fails = "The load fails: Cannot build FlatBufferModel from buffer.";
    if (known?.sure === true && !known.what.includes("TFLite")) {
      yield {
        file,
        message: `${NAME} holds ${known.what}`,
        help: `${fails} ${known.mend ?? "Convert the model again."}`,
      };
      return;
    }
    if (context.level === "quick" && known?.sure === true) return;
    try {
      const model = readTflite(context.path, context.fs);
      if (model === undefined) return;
      for (const [name, { inputs, outputs }] of model.signatureDefs) {
        const unknown = [...lacking(inputs, model.inputs), ...lacking(outputs, model.outputs)];
        if (unknown.length === 0) continue;
        yield {
          file,
          message: `signature ${quoted(name)} of ${NAME} names ${some(unknown)}, which ${unknown.length === 1 ? "is no input or output" : "are no inputs or outputs"} of it`,
          help: "The load fails: Unknown tensor. Convert the model again.",
        };
      }
    } catch (error) {
      if (!(error instanceof ModelReadError)) throw error;
      const readable = error.fault === "malformed";
      yield {
        file,
        message: readable
          ? `${NAME} is damaged or no TFLite model: ${error.reason}`
          : `${NAME} can't be read: ${error.reason}`,
        help: readable ? `${fails} Convert the model again.` : "Let the server's user read it (chmod a+r).",
      };
    }
  },
});

function lacking(
  wanted: ReadonlyMap<string, TensorInfo>,
  tensors: readonly TfliteTensor[],
): readonly string[] {
  const names = new Set(tensors.map(({ name }) => name));
  return [...wanted.values()]
    .map(({ tensor }) => tensor)
    .filter((name) => !names.has(name) && !names.has(bare(name)));
}
