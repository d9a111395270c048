import { nearest } from "@servable/diagnostics";
import { splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { outputCount } from "../../graph/output-count.ts";
import { pathType } from "../../graph/path-type.ts";
import { variableOf } from "../../graph/restore-plan.ts";
import { unfedPlaceholders } from "../../graph/unfed-placeholders.ts";
import { INIT_OP_KEY } from "../../saved-model/meta-graph.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";
import { callable, tensorNames } from "../signature/signatures.ts";

export const rule = versionRule({
  id: "graph/restore-and-init-exist",
  level: "graph",
  summary:
    "the ops that restore and initialise the model are in the graph and need nothing that the loader does not feed",
  severity: "error",
  effect: "load-fails",
  why: "With variables on disk the loader runs saver_def.restore_op_name and feeds filename_tensor_name; then it runs the initialiser that the signature __saved_model_init_op or a collection names. A name that the graph lacks fails the load, and so does a placeholder on the way that is neither the file name's nor an asset's.",
  mend: "Export the model again.",
  evidence: [
    "tensorflow: cc/saved_model/loader.cc, loader_util.cc",
    "TensorFlow 2.17.1's loader on such models",
  ],
  logTexts: [
    "PruneForTargets: Some target nodes not found: …",
    "Tensor :0, specified in either feed_devices or fetch_devices was not found in the Graph",
    "You must feed a value for placeholder tensor '…' with dtype …",
    "Could not find output __saved_model_init_op",
    "Expected exactly one main op in : …",
  ],
  examples: {
    bad: [folder("no such op", { "m/1/saved_model.pb": "saver_def restore_op_name: save/nothing" })],
    good: [folder("an op", { "m/1/saved_model.pb": "saver_def restore_op_name: save/restore_all" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    if (graph.graph.nodes.length === 0) return;
    const { file } = context.savedModel.value;
    const near = (name: string): string => {
      const found = nearest(name, graph.nodes.keys());
      return found === undefined ? "" : ` (${quoted(found)} is near)`;
    };
    if (context.has("variables/variables.index")) {
      const { restoreOp = "", filenameTensor = "" } = meta.saver ?? {};
      if (meta.saver === undefined) {
        // Without a saver the loader restores nothing and says nothing.
        const reads = callable(context).some(([, { outputs }]) => {
          const tensors = [...outputs.values()].flatMap((info) => [...tensorNames(info)]);
          return [...graph.ancestors(tensors)].some((node) => variableOf(node) !== undefined);
        });
        yield {
          file,
          ...(reads ? {} : { severity: "warning" as const }),
          message: "the model has variables on disk but no saver that restores them",
          help: reads
            ? "The model loads without their values, and requests that read them fail. Export the model again."
            : "No signature reads a variable, so requests work all the same; but the model is not what was exported.",
        };
      } else if (restoreOp === "" && filenameTensor === "") {
        yield {
          file,
          message: "the model has variables on disk but its saver names nothing that restores them",
          help: "The load fails. Export the model again.",
        };
      } else {
        if (!isOp(restoreOp, graph)) {
          yield {
            file,
            message: `saver_def.restore_op_name is ${quoted(restoreOp)}, which the graph lacks${near(restoreOp)}`,
            help: "The load fails when it restores the variables. Export the model again.",
          };
        }
        const split = splitTensorName(filenameTensor);
        if (split === undefined || !graph.nodes.has(split.node)) {
          yield {
            file,
            message: `saver_def.filename_tensor_name is ${quoted(filenameTensor)}, which the graph lacks${near(split?.node ?? "")}`,
            help: "The load fails when it restores the variables. Export the model again.",
          };
        }
      }
    }
    const assets = meta.assets.map(({ tensor }) => tensor);
    const unfed = (
      what: string,
      targets: readonly string[],
      feeds: readonly string[],
    ): string | undefined => {
      const names = unfedPlaceholders(graph, targets, feeds, true).map((node) => node.name);
      return names.length === 0
        ? undefined
        : `${what} needs ${names.length === 1 ? "the placeholder" : "the placeholders"} ${some(names)}, which the loader does not feed`;
    };
    if (context.has("variables/variables.index") && meta.saver !== undefined) {
      const { restoreOp, filenameTensor } = meta.saver;
      const fed = graph.nodeOf(filenameTensor);
      const behind = graph.ancestors([restoreOp]);
      const problem =
        unfed("restoring the variables", [restoreOp], [filenameTensor, ...assets]) ??
        (fed !== undefined && !behind.has(fed) && [...behind].some(({ op }) => op === "RestoreV2")
          ? `restoring the variables (${quoted(restoreOp)}) does not read ${quoted(filenameTensor)}, to which the loader feeds their path`
          : undefined) ??
        (pathType(filenameTensor, graph) === undefined
          ? undefined
          : `saver_def.filename_tensor_name ${quoted(filenameTensor)} is ${pathType(filenameTensor, graph)}, but the loader feeds it a path (DT_STRING)`);
      if (problem !== undefined) {
        yield {
          file,
          message: problem,
          help: `It feeds the variables' path to ${quoted(filenameTensor)} and each asset's path to its tensor. The load fails. Export the model again.`,
        };
      }
    }
    const { initOp } = meta;
    if (initOp === undefined) return;
    if (initOp.via.startsWith("signature_def") && initOp.ops.length === 0) {
      yield {
        file,
        message: `signature ${quoted(INIT_OP_KEY)} has no output of that name`,
        help: "The load fails. Export the model again.",
      };
      return;
    }
    if (initOp.via.startsWith("collection") && initOp.ops.length !== 1) {
      yield {
        file,
        message: `${initOp.via} names ${initOp.ops.length} ops, the loader wants exactly one`,
        help: "The load fails. Export with one main op (tf.group joins several).",
      };
      return;
    }
    for (const name of initOp.ops) {
      const node = splitTensorName(name)?.node ?? name;
      if (!graph.nodes.has(node)) {
        yield {
          file,
          message: `the initialiser ${quoted(name)} (${initOp.via}) is not in the graph${near(node)}`,
          help: "The load fails when it initialises the model. Export the model again.",
        };
      }
    }
    const problem = unfed(`the initialiser (${initOp.via})`, initOp.ops, assets);
    if (problem !== undefined) {
      yield {
        file,
        message: problem,
        help: "It feeds each asset's path to the tensor that the asset names. The load fails. Export the model again.",
      };
    }
  },
});

/** Whether a target of a run is there: an op, also by the name of one of its outputs. */
function isOp(name: string, graph: GraphIndex): boolean {
  if (graph.nodes.has(name)) return true;
  const split = splitTensorName(name);
  const node = split === undefined ? undefined : graph.nodes.get(split.node);
  return split !== undefined && node !== undefined && split.index < (outputCount(node, graph) ?? 0);
}
