import { dtypeName } from "../../graph/check-node.ts";
import { refProblem } from "../../graph/function-ref.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "graph/function-results-fit",
  level: "graph",
  summary: "every result of a function is made by its body, with the type that it declares",
  severity: "error",
  effect: "load-fails",
  why: "The functions that the graph calls are unfolded at load: a result that no node makes, or of another type, fails it. In a branch or loop it fails the first request.",
  mend: "Export the model again.",
  evidence: ["tensorflow/core/framework/function.cc", "TensorFlow 2.17.1's loader on such functions"],
  logTexts: ["Return … -> … is not found. …", "Return … missing.", "Invalid ret types … : … vs. …"],
  examples: {
    bad: [folder("dangling", { "m/1/saved_model.pb": "function f returns y = add:z:0, no node add" })],
    good: [folder("made", { "m/1/saved_model.pb": "function f returns y = add:z:0, node add" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const types = graph.tensorTypes;
    const called = new Set<string>();
    for (const { node } of graph.nodesInUse) {
      const fn = /^(?:Stateful)?PartitionedCall$/.test(node.op) ? node.attr("f") : undefined;
      if (fn?.kind === "func") called.add(fn.value);
    }
    let told = 0;
    for (const fn of graph.calledFunctions) {
      for (const { name, type } of fn.outputs) {
        const ref = fn.ret.get(name);
        let problem = ref === undefined ? "is made by nothing" : undefined;
        let branch = false;
        if (ref !== undefined) {
          const missing = refProblem(ref, fn, graph);
          const made = type === 0 ? undefined : types.ofRef(ref, fn);
          if (missing !== undefined) problem = `is ${quoted(ref)}, ${missing}`;
          else if (made?.length === 1 && made[0] !== type && made[0] !== 0) {
            branch = !called.has(fn.name);
            problem = `is declared ${dtypeName(type)} but made as ${dtypeName(made[0]!)} by ${quoted(ref)}`;
          }
        }
        if (problem === undefined) continue;
        if (told++ >= 10) return;
        yield {
          file,
          ...(branch ? { severity: "warning" as const } : {}),
          message: `result ${quoted(name)} of function ${quoted(fn.name)} ${problem}`,
          help: branch
            ? "Branches and loops are mostly unfolded without a look at the types; where they are not, requests fail. Export the model again."
            : "The load fails, or the first request where only a branch calls the function. Export the model again.",
        };
      }
    }
  },
});
