import { folder, versionRule } from "../model-rule.ts";

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export const rule = versionRule({
  id: "saved-model/graph-is-covered",
  level: "bytes",
  summary: "a hash covers saved_model.pb as checksums cover the variables",
  severity: "info",
  effect: "silent",
  why: "Level bytes proves every variable against its checksum. saved_model.pb has none of its own: only fingerprint.pb, which TensorFlow writes from 2.11 on, holds a hash of it. Without that a flipped bit in a constant leaves a sound graph with other answers, which no reader of the folder can tell from the exported one.",
  mend: "Export with TensorFlow 2.12 or newer, or prove the answers: `servable verify` with goldens compares predictions.",
  evidence: [
    "TensorFlow 2.17.1 loads a SavedModel with a flipped bit in a constant and answers with the other value",
    "tensorflow/cc/saved_model/fingerprinting.cc",
  ],
  examples: {
    bad: [folder("nothing to hold it against", { "m/1/saved_model.pb": "a graph with constants" })],
    good: [
      folder("covered", { "m/1/saved_model.pb": "a graph with constants", "m/1/fingerprint.pb": "hashes" }),
    ],
  },
  *check(context) {
    const { graph, savedModel } = context;
    if (context.servesTflite || graph === undefined || !savedModel.ok) return;
    // What a text form says is meant to be read and edited by people.
    if (context.has("fingerprint.pb") || context.savedModelName !== "saved_model.pb") return;
    let constants = 0;
    for (const nodes of [graph.graph.nodes, ...graph.graph.functions.map(({ nodes }) => nodes)])
      for (const node of nodes) if (node.op === "Const") constants++;
    if (constants === 0) return;
    yield {
      file: savedModel.value.file,
      message: `no hash covers saved_model.pb: a bit flipped in one of its ${plural(constants, "constant")} would go unseen`,
      help: "There is no fingerprint.pb, and the file has no checksum of its own. Only answers tell: compare predictions with goldens (`servable verify`), or export with TensorFlow 2.12 or newer.",
    };
  },
});
