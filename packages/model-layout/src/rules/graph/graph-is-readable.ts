import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/graph-is-readable",
  level: "graph",
  summary: "the served meta graph has a graph with nodes",
  severity: "error",
  effect: "load-fails",
  why: "The loader makes a session from the graph; without nodes there is none.",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1's loader on a meta graph with an empty graph"],
  logTexts: ["Session was not created with a graph before MakeCallable()!"],
  examples: {
    bad: [folder("no nodes", { "m/1/saved_model.pb": "SavedModel with an empty graph_def" })],
    good: [folder("nodes", { "m/1/saved_model.pb": "SavedModel with a graph" })],
  },
  *check(context) {
    const { meta } = context;
    if (context.servesTflite || meta === undefined || !context.savedModel.ok) return;
    const file = context.savedModel.value.file;
    const graph = context.graphOf(meta);
    if (!graph.ok) {
      // Damage inside of the graph is reported by saved-model/is-saved-model; what is left is a file that changed.
      if (graph.error.fault === "malformed") return;
      yield {
        file,
        message: `the graph can't be read: ${graph.error.reason}`,
        help: "The file changes while it is read: publish by renaming a finished folder.",
      };
    } else if (graph.value.graph.nodes.length === 0) {
      yield {
        file,
        message: "the graph of the served meta graph is empty",
        help: "The load fails. Export the model again.",
      };
    }
  },
});
