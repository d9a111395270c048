import type { GraphNode } from "../../graph/graph-def.ts";
import { requestInputs } from "../../graph/request-inputs.ts";
import { fetchedTensors } from "../../saved-model/signature.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";
import { callable, tensorNames } from "../signature/signatures.ts";

/** What an op does that a request should not be able to cause. */
const RISKS: Readonly<Record<string, string>> = {
  WriteFile: "writes files",
  Save: "writes files",
  SaveV2: "writes files",
  SaveSlices: "writes files",
  MergeV2Checkpoints: "writes and deletes files",
  WriteSummary: "writes files",
  WriteGraphSummary: "writes files",
  WriteRawProtoSummary: "writes files",
  DatasetToTFRecord: "writes files",
  SaveDataset: "writes files",
  SaveDatasetV2: "writes files",
  ReadFile: "reads files of the server",
  MatchingFiles: "lists files of the server",
  RestoreV2: "reads files of the server",
  Restore: "reads files of the server",
  DebugIdentity: "writes debug data",
  DebugIdentityV2: "writes debug data",
  DumpTensor: "writes files",
  RpcCall: "calls other servers",
  RpcClient: "calls other servers",
};

/** Ops that do no harm with a name that the exporter fixed, as of an asset: only one that a request chooses counts. */
const BY_NAME: ReadonlySet<string> = new Set(["ReadFile", "MatchingFiles", "RestoreV2", "Restore"]);

export const rule = versionRule({
  id: "graph/no-risky-ops",
  level: "graph",
  summary: "no signature reaches an op that writes files, reads files that the request names or calls out",
  severity: "warning",
  effect: "security",
  why: "A model is a program: an op on the way to a signature's outputs runs with the server's rights at every request, with names that the request may choose.",
  mend: "Export a signature without the op, or run the server where it can do no harm.",
  evidence: ["TensorFlow: SECURITY.md (models are programs)"],
  examples: {
    bad: [folder("a file writer", { "m/1/saved_model.pb": "serving_default reaches WriteFile" })],
    good: [folder("arithmetic", { "m/1/saved_model.pb": "serving_default reaches MatMul" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    for (const [name, signature] of callable(context)) {
      const nodes = graph.ancestors(fetchedTensors(signature));
      const found = new Map<string, string[]>();
      let chosen: ReturnType<typeof requestInputs> | undefined;
      const look = (list: Iterable<GraphNode>): void => {
        for (const node of list) {
          if (!Object.hasOwn(RISKS, node.op)) continue;
          if (BY_NAME.has(node.op)) {
            chosen ??= requestInputs(
              graph,
              [...signature.inputs.values()].flatMap((info) => [...tensorNames(info)]),
            );
            if (!chosen.get(node)?.has(0)) continue;
          }
          const names = found.get(node.op) ?? [];
          names.push(node.name);
          found.set(node.op, names);
        }
      };
      look(nodes);
      for (const fn of graph.reachableFunctions(nodes)) look(fn.nodes);
      for (const [op, names] of found) {
        yield {
          file: context.savedModel.value.file,
          message: `signature ${quoted(name)} reaches ${op}, which ${RISKS[op]} (${some(names, 2)})`,
          help: "It runs with the server's rights at every request. Export a signature without it, or confine the server.",
        };
      }
    }
  },
});
