import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/node-names-distinct",
  level: "graph",
  summary: "names of nodes and of functions are unique",
  severity: "error",
  effect: "load-fails",
  why: "The graph importer refuses a second node of a name, and a second function of a name that differs from the first.",
  mend: "Export the model again; edited graphs need unique names.",
  evidence: ["TensorFlow 2.17.1's loader on such a graph"],
  logTexts: [
    "Node '…' is not unique",
    "Cannot add function '…' because a different function with the same name already exists.",
  ],
  examples: {
    bad: [folder("twice", { "m/1/saved_model.pb": "two nodes x" })],
    good: [folder("once", { "m/1/saved_model.pb": "nodes x and y" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    for (const name of graph.graph.ambiguousFunctions) {
      yield {
        file: context.savedModel.value.file,
        message: `several functions are named ${quoted(name)}, and they differ`,
        help: "The load fails. Export the model again.",
      };
    }
    if (graph.nodes.size === graph.graph.nodes.length) return;
    const seen = new Set<string>();
    let told = 0;
    for (const { name } of graph.graph.nodes) {
      if (seen.has(name) && told++ < 10) {
        yield {
          file: context.savedModel.value.file,
          message: `several nodes are named ${quoted(name)}`,
          help: "The load fails. Export the model again.",
        };
      }
      seen.add(name);
    }
  },
});
