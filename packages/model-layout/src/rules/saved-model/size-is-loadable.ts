import { folder, versionRule } from "../model-rule.ts";

const GIB = 2 ** 30;

export const rule = versionRule({
  id: "saved-model/size-is-loadable",
  level: "quick",
  summary: "saved_model.pb is small enough for a protobuf message",
  severity: "error",
  effect: "load-fails",
  why: "A protobuf message ends at 2 GiB, in older releases at 1 GiB. So large a file means that the weights are constants of the graph.",
  mend: "Keep the weights as variables, so that they are stored below variables/.",
  evidence: ["protobuf: message size limit", "tensorflow/serving#1686"],
  logTexts: ["A protocol message was rejected because it was too big (more than 1073741824 bytes)"],
  symptoms: [15],
  examples: {
    bad: [folder("weights in the graph", { "m/1/saved_model.pb": "2.1 GiB" })],
    good: [
      folder("weights as variables", {
        "m/1/saved_model.pb": "3 MiB",
        "m/1/variables/variables.data-00000-of-00001": "2.1 GiB",
      }),
    ],
  },
  *check(context) {
    if (!context.has("saved_model.pb")) return;
    // The size is known from the listing's file only by another call: worth it only where the reader saw a big graph.
    const graphBytes = context.savedModel.ok
      ? context.savedModel.value.metaGraphs.reduce((sum, { graphBytes: size }) => sum + size, 0)
      : Number.POSITIVE_INFINITY;
    if (graphBytes < GIB * 0.9) return;
    const stat = context.stat("saved_model.pb");
    if (!stat.ok || stat.value.size < GIB) return;
    const tooBig = stat.value.size >= 2 * GIB;
    yield {
      file: context.file("saved_model.pb"),
      severity: tooBig ? "error" : "warning",
      message: `saved_model.pb has ${(stat.value.size / GIB).toFixed(2)} GiB; a message must stay below ${tooBig ? 2 : 1} GiB${tooBig ? "" : " in older releases"}`,
      help: "The weights are constants of the graph. Export them as variables.",
    };
  },
});
