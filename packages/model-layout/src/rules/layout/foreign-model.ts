import { quoted } from "../model-rule.ts";

/** What is there instead of a SavedModel, and what to do about it. */
export interface Instead {
  readonly message: string;
  readonly help: string;
}

const EXPORT = "The server reads SavedModels only.";

/** Formats by the names of their files, most telling first. */
const FORMATS: readonly (readonly [name: RegExp, what: string, mend: string])[] = [
  [
    /\.(h5|hdf5|keras)$|\.weights\.h5$/i,
    "a Keras file",
    "Load it and export with model.export(path) (Keras 3) or tf.saved_model.save.",
  ],
  [
    /\.onnx$/i,
    "an ONNX model",
    "Convert it to a SavedModel (onnx2tf, onnx-tf), or serve it with a server for ONNX.",
  ],
  [
    /\.(pt|pth|pt2|torchscript)$|^pytorch_model.*\.bin$/i,
    "a PyTorch model",
    "Convert it to a SavedModel, or serve it with a server for PyTorch.",
  ],
  [
    /\.safetensors$/i,
    "a safetensors file: weights without a graph",
    "Load the weights into their model and export that as a SavedModel.",
  ],
  [
    /^group\d+-shard\d+of\d+(\.bin)?$/i,
    "a part of a TensorFlow.js model",
    "Export the model that it was made from as a SavedModel.",
  ],
  [/\.tflite$/i, "a TFLite model", ""],
  [
    /\.(pkl|pickle|joblib)$/i,
    "a Python pickle (scikit-learn and others)",
    "Export the model as a SavedModel.",
  ],
  [/\.(mlmodel|mlpackage)$/i, "a Core ML model", "Export the model that it was made from as a SavedModel."],
  [/\.(plan|engine)$/i, "a TensorRT engine", "Export the model that it was made from as a SavedModel."],
  [
    /^tfhub_module\.pb$/i,
    "a TensorFlow Hub module of TF1",
    "Load it with hub.Module and export a SavedModel.",
  ],
];

/** A model in another format than the server reads, by the names in its folder. */
export function foreignModel(names: readonly string[]): Instead | undefined {
  for (const [test, what, mend] of FORMATS) {
    const name = names.find((candidate) => test.test(candidate));
    if (name === undefined) continue;
    if (!/\.tflite$/i.test(name))
      return { message: `${quoted(name)} is ${what}, not a SavedModel`, help: `${mend} ${EXPORT}` };
    return name === "model.tflite"
      ? {
          message: "only model.tflite is there, which the server reads only with --prefer_tflite_model",
          help: "Start the server with --prefer_tflite_model=true, or export a SavedModel.",
        }
      : {
          message: `${quoted(name)} is a TFLite model under a name that the server does not look for`,
          help: 'Rename it to "model.tflite" and start the server with --prefer_tflite_model=true, or export a SavedModel.',
        };
  }
  if (names.some((name) => /^openvino_.*\.xml$/i.test(name)) || pair(names, ".xml", ".bin"))
    return {
      message: "the files are an OpenVINO model, not a SavedModel",
      help: `Export the model that it was made from. ${EXPORT}`,
    };
  if (names.some((name) => name === "checkpoint" || /\.(ckpt.*|meta|index|data-\d+-of-\d+)$/.test(name)))
    return {
      message: "the files are a training checkpoint, not a SavedModel",
      help: "Load the checkpoint and export with tf.saved_model.save, which adds the graph.",
    };
  return undefined;
}

const pair = (names: readonly string[], one: string, other: string): boolean =>
  names.some((name) => name.endsWith(one) && names.includes(name.slice(0, -one.length) + other));

const ARCHIVE = /\.(zip|tar|tgz|tbz2?|txz|7z|rar|gz|bz2|xz|zst|lz4)$/i;

/** Archives among the names of a folder. */
export const archives = (names: readonly string[]): readonly string[] =>
  names.filter((name) => ARCHIVE.test(name));
