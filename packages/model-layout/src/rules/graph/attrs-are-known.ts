import { isAtLeast } from "../../discovery/version-name.ts";
import { unknownAttrs } from "../../graph/check-node.ts";
import { releaseIndex } from "../../graph/op-defs.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

/** Attributes that name things for people: without them nothing is computed otherwise. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(["debug_name", "metadata"]);

export const rule = versionRule({
  id: "graph/attrs-are-known",
  level: "graph",
  summary: "the server's release knows every attribute of every node",
  severity: "warning",
  effect: "silent",
  why: "Newer TensorFlow releases add attributes to ops. A server up to 2.4 refuses a graph with one that it does not know; since 2.5 it writes one line to its log and computes as if the attribute were not there, which may give other answers.",
  mend: "Serve with a release at least as new as the exporter, or export with the TensorFlow of the server.",
  evidence: [
    "op definitions of the TensorFlow wheels 1.15 to 2.20",
    "tensorflow/core/framework/node_def_util.cc ValidateNodeDef; texts in the binaries of 2.4 and 2.5",
    "recorded run of 2.17.1: serves",
  ],
  logTexts: [
    "NodeDef mentions attr '…' not in Op<…>; NodeDef: …. (Check whether your GraphDef-interpreting binary is up to date with your GraphDef-generating binary.).",
    "NodeDef mentions attribute … which is not in the op definition: …. This may be expected if your graph generating binary is newer  than this binary. Unknown attributes will be ignored.",
  ],
  symptoms: [17],
  examples: {
    bad: [
      folder("newer than the server", { "m/1/saved_model.pb": "MatMul with grad_a = true, server 2.15" }),
    ],
    good: [folder("as old as the server", { "m/1/saved_model.pb": "MatMul with transpose_a, server 2.15" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { tfsVersion } = context.target;
    const target = releaseIndex(tfsVersion);
    const ignored = isAtLeast(tfsVersion, 2, 5);
    const told = new Set<string>();
    for (const { node, where } of graph.nodesInUse) {
      for (const { attr, message } of unknownAttrs(node, target)) {
        // One of a kind tells enough: a newer exporter writes it into every node of the op.
        if (told.has(`${node.op} ${message}`) || told.size >= 10) continue;
        told.add(`${node.op} ${message}`);
        yield {
          file: context.savedModel.value.file,
          severity: !ignored ? "error" : FOR_PEOPLE.has(attr) ? "info" : "warning",
          message: `node ${quoted(node.name)} (${node.op})${where} ${message}; the server is ${tfsVersion}`,
          help: ignored
            ? FOR_PEOPLE.has(attr)
              ? "The server ignores it, with one line in its log. It only names something for people."
              : "The server ignores it, with one line in its log, and may compute something else than was meant. Serve with the exporter's release, or export with the server's."
            : "The load fails. Serve with the exporter's release, or export with the server's.",
        };
      }
    }
  },
});
