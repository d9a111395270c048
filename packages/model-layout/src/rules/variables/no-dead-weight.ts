import { count, folder, some, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "variables/no-dead-weight",
  level: "graph",
  summary: "stored tensors that the graph never restores are few",
  severity: "info",
  effect: "degrades",
  why: "Optimizer slots and other tensors of the training that nothing restores are copied and stored with every version.",
  mend: "Export for serving without the optimizer.",
  evidence: ["TensorFlow 2.17.1: extra keys do not matter to the loader"],
  examples: {
    bad: [folder("slots", { "m/1/variables/variables.index": "w, w/.OPTIMIZER_SLOT/optimizer/m" })],
    good: [folder("weights", { "m/1/variables/variables.index": "w" })],
  },
  *check(context) {
    const { restorePlan: plan, variables } = context;
    if (context.servesTflite || plan === undefined || !plan.complete || variables?.ok !== true) return;
    // Another meta graph may restore what this one does not.
    if (context.savedModel.ok && context.savedModel.value.metaGraphs.length > 1) return;
    const restored = new Set(plan.tensors.map(({ key }) => key));
    const index = variables.value;
    const dead = index.entries.filter(
      ({ key, keyHex }) =>
        keyHex === undefined && !restored.has(key) && key !== "_CHECKPOINTABLE_OBJECT_GRAPH",
    );
    const bytes = dead.reduce((sum, { size }) => sum + Number(size), 0);
    // A few numbers (step counters) are not worth a word.
    if (bytes < 4096) return;
    yield {
      file: index.file,
      message: `${count(dead.length, "stored tensor")} (${bytes} bytes) ${dead.length === 1 ? "is" : "are"} never restored: ${some(dead.map(({ key }) => key))}`,
      help: "They cost space and copying time with every version. Export without the optimizer.",
    };
  },
});
