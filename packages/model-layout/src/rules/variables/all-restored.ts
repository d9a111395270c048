import type { GraphIndex } from "../../graph/graph-index.ts";
import { type GraphVariable, variableOf } from "../../graph/restore-plan.ts";
import { fetchedTensors } from "../../saved-model/signature.ts";
import { count, folder, quoted, some, versionRule } from "../model-rule.ts";
import { callable } from "../signature/signatures.ts";

/** Variables that initialisation may set: whatever it assigns, or hands to a function. */
function initialised(graph: GraphIndex, ops: readonly string[]): Set<string> {
  const ids = new Set<string>();
  const add = (input: string): void => {
    const node = graph.nodeOf(input);
    const variable = node === undefined ? undefined : variableOf(node);
    if (variable !== undefined) ids.add(variable.id);
  };
  for (const node of graph.ancestors(ops)) {
    if (node.op === "AssignVariableOp" || node.op === "Assign" || graph.functionsOf(node).length > 0)
      node.inputs.forEach(add);
  }
  return ids;
}

export const rule = versionRule({
  id: "variables/all-restored",
  level: "graph",
  summary: "every variable that a signature reads is restored or initialised",
  severity: "error",
  effect: "request-fails",
  why: "A variable that the restore op does not assign stays without a value: the model loads, is reported AVAILABLE, and requests that read it fail.",
  mend: "Export with the tool of the framework (Keras 3: model.export), so that all variables are tracked.",
  evidence: ["TensorFlow 2.17.1: Keras 3 models written with tf.saved_model.save"],
  logTexts: [
    "Could not find variable …. This could mean that the variable has been deleted. …",
    "Container localhost does not exist. (Could not find resource: …)",
  ],
  symptoms: [11, 14],
  examples: {
    bad: [
      folder("untracked", { "m/1/saved_model.pb": "signature reads dense/kernel, restore assigns Variable" }),
    ],
    good: [
      folder("tracked", {
        "m/1/saved_model.pb": "signature reads dense/kernel, restore assigns dense/kernel",
      }),
    ],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    // Without an index nothing is restored at all: variables/index-exists.
    if (!context.has("variables/variables.index")) return;
    const plan = context.restorePlan;
    if (plan === undefined || !plan.complete) return;
    const set = new Set([...plan.assigned, ...initialised(graph, meta.initOp?.ops ?? [])]);
    for (const [name, signature] of callable(context)) {
      const unset = new Map<string, GraphVariable>();
      for (const node of graph.ancestors(fetchedTensors(signature))) {
        const variable = variableOf(node);
        if (variable !== undefined && !set.has(variable.id)) unset.set(variable.id, variable);
      }
      if (unset.size === 0) continue;
      const names = [...unset.values()].map((variable) => variable.name);
      yield {
        file: context.savedModel.value.file,
        message: `signature ${quoted(name)} reads ${count(unset.size, "variable")} that ${unset.size === 1 ? "is" : "are"} never restored: ${some(names)}`,
        help: "The model loads and every request for this signature fails. Export so that the variables are tracked (Keras 3: model.export(path), not tf.saved_model.save).",
      };
    }
  },
});
