import { dtypeName } from "../../graph/check-node.ts";
import { refProblem } from "../../graph/function-ref.ts";
import type { GraphNode } from "../../graph/graph-def.ts";
import { tensorTypesOf } from "../../graph/tensor-types.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { lateFault, runningParts } from "./running-parts.ts";

export const rule = versionRule({
  id: "graph/function-results-fit",
  level: "graph",
  summary: "every result of a function is made by its body, with the type that it declares",
  severity: "error",
  effect: "load-fails",
  why: "A function is looked into when it is called: a result that no node makes, or of another type than the call takes, fails the call, and the load where that restores or initialises something.",
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
    const types = tensorTypesOf(graph);
    const calls = new Map<string, GraphNode[]>();
    for (const { node } of graph.nodesInUse) {
      const fn = /^(?:Stateful)?PartitionedCall$/.test(node.op) ? node.attr("f") : undefined;
      if (fn?.kind === "func") calls.set(fn.value, [...(calls.get(fn.value) ?? []), node]);
    }
    let running: ReturnType<typeof runningParts> | undefined;
    let told = 0;
    for (const fn of graph.calledFunctions) {
      for (const [index, { name, type }] of fn.outputs.entries()) {
        const ref = fn.ret.get(name);
        const missing = ref === undefined ? "is made by nothing" : refProblem(ref, fn, graph);
        const made = missing !== undefined || type === 0 ? undefined : types.ofRef(ref ?? "", fn);
        const other = made?.length === 1 && made[0] !== type && made[0] !== 0 ? made[0] : undefined;
        if (missing === undefined && other === undefined) continue;
        if (told++ >= 10) return;
        const problem =
          other !== undefined
            ? `is declared ${dtypeName(type)} but made as ${dtypeName(other)} by ${quoted(ref ?? "")}`
            : ref === undefined
              ? missing
              : `is ${quoted(ref)}, ${missing}`;
        const callers = calls.get(fn.name) ?? [];
        running ??= runningParts(context, graph);
        const taken = other === undefined || callers.some((call) => takes(call, index) !== other);
        const message = `result ${quoted(name)} of function ${quoted(fn.name)} ${problem}`;
        if (taken || !running.functions.has(fn)) {
          yield { file, message, ...lateFault({ fn }, running) };
          continue;
        }
        const help = callers.length === 0 ? UNFOLDED : TAKEN_AS_MADE;
        yield { file, message, effect: "silent", help };
      }
    }
  },
});

const UNFOLDED =
  "A server mostly unfolds branches and loops without a look at the types; where it does not, requests fail. TensorFlow's C API refuses the graph. Export the model again.";

const TAKEN_AS_MADE =
  "Its calls take what it makes, so a server runs it; but TensorFlow's C API refuses the graph. Export the model again.";

/** The type that a call takes its function's result for. */
function takes(call: GraphNode, index: number): number | undefined {
  const types = call.attr("Tout");
  return types?.kind === "list" ? types.value.type[index] : undefined;
}
