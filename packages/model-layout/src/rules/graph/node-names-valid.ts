import { folder, quoted, versionRule } from "../model-rule.ts";

/** Letters, digits and `. _ - /`, the first a letter, digit or dot; `>` begins a further such part. */
const VALID = /^[A-Za-z0-9.][A-Za-z0-9_.\\/-]*(?:>[A-Za-z0-9.][A-Za-z0-9_.\\/-]*)*$/;

export const rule = versionRule({
  id: "graph/node-names-valid",
  level: "graph",
  summary: "node names have only the characters that TensorFlow allows",
  severity: "error",
  effect: "load-fails",
  why: "The importer refuses a node whose name has other characters than letters, digits and . _ - / or begins with one of the last three.",
  mend: "Export the model again; edited graphs must keep to the rule.",
  evidence: [
    "tensorflow/core/common_runtime/graph_constructor.cc IsValidNodeName",
    "TensorFlow 2.17.1's loader on such a graph",
  ],
  logTexts: ["Node '…': Node name contains invalid characters"],
  examples: {
    bad: [folder("a colon", { "m/1/saved_model.pb": "node a:b" })],
    good: [folder("a slash", { "m/1/saved_model.pb": "node a/b" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    let told = 0;
    for (const { name, op } of graph.graph.nodes) {
      if (VALID.test(name)) continue;
      if (told++ >= 10) return;
      yield {
        file: context.savedModel.value.file,
        message: `a node (${op}) has the name ${quoted(name)}, which TensorFlow does not allow`,
        help: "The load fails. Export the model again.",
      };
    }
  },
});
