import { graphDefVersion } from "../../graph/op-table.ts";
import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/versions-fit",
  level: "graph",
  summary: "the graph may be read by the server's release",
  severity: "error",
  effect: "load-fails",
  why: "A graph names the oldest consumer that may read it; a server with an older graph version refuses it.",
  mend: "Serve with a newer release, or export with an older TensorFlow.",
  evidence: [
    "TF_GRAPH_DEF_VERSION in the headers of the TensorFlow wheels 1.13 to 2.20",
    "TensorFlow 2.17.1's loader on such a graph",
  ],
  logTexts: [
    "GraphDef min consumer version … above current version … for TensorFlow ….  Please upgrade TensorFlow.",
  ],
  symptoms: [17],
  examples: {
    bad: [folder("too new", { "m/1/saved_model.pb": "versions { min_consumer: 99999 }" })],
    good: [folder("old enough", { "m/1/saved_model.pb": "versions { producer: 1882 min_consumer: 12 }" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    const { minConsumer, producer, badConsumers } = graph.graph;
    const { file } = context.savedModel.value;
    const server = graphDefVersion(context.target.tfsVersion);
    if (server === undefined) return;
    if (minConsumer > server.version) {
      yield {
        file,
        message: `the graph wants a consumer of graph version ${minConsumer} or newer, TFS ${context.target.tfsVersion} has ${server.version}`,
        help: "The load fails. Serve with a newer release, or export with an older TensorFlow.",
      };
    } else if (badConsumers.includes(server.version)) {
      yield {
        file,
        message: `the graph refuses consumers of graph version ${server.version}, which is TFS ${context.target.tfsVersion}`,
        help: "The load fails. Serve with another release.",
      };
    } else if (producer > server.version) {
      yield {
        file,
        severity: "info",
        message: `exported with TensorFlow ${meta.tensorflowVersion || "?"} (graph version ${producer}), newer than the server's ${context.target.tfsVersion} (${server.version})`,
        help: "Attributes that the server does not know are refused up to 2.4 and ignored since 2.5 (graph/attrs-are-known names them). Serve with the release that exported it.",
      };
    }
  },
});
