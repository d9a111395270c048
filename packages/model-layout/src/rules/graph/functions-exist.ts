import { type Finding, nearest } from "@servable/diagnostics";
import type { GraphNode } from "../../graph/graph-def.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { neededNodes } from "./failing-nodes.ts";
import { lateFault, runningParts } from "./running-parts.ts";

export const rule = versionRule({
  id: "graph/functions-exist",
  level: "graph",
  summary: "every function that a node calls is in the function library",
  severity: "error",
  effect: "load-fails",
  why: "A call of a function that the library lacks fails the load (or the first request, when only a branch or a function that serves calls it).",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1's loader on such a graph"],
  logTexts: ['Failed to find function "…" in function library: …', "Function … is not defined."],
  examples: {
    bad: [folder("missing", { "m/1/saved_model.pb": "PartitionedCall f, no function f" })],
    good: [folder("there", { "m/1/saved_model.pb": "PartitionedCall f, function f" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    // Of several callers of a function one tells enough: one that the server runs, if there is any.
    const found = new Map<string, Finding>();
    let running: ReturnType<typeof runningParts> | undefined;
    for (const fn of [undefined, ...graph.graph.functions]) {
      let needed: ReadonlySet<GraphNode> | undefined;
      for (const node of fn?.nodes ?? graph.graph.nodes) {
        for (const name of calledBy(node)) {
          const known = found.get(name);
          if (graph.functions.has(name) || (known !== undefined && known.severity !== "warning")) continue;
          const caller = `node ${quoted(node.name)}${fn === undefined ? "" : ` of function ${quoted(fn.name)}`}`;
          const message = `${caller} calls function ${quoted(name)}, which the graph lacks`;
          if (fn === undefined) {
            const near = nearest(name, graph.functions.keys());
            const hint = near === undefined ? "" : ` ${quoted(near)} is near.`;
            found.set(name, { file, message, help: `The load fails.${hint} Export the model again.` });
            continue;
          }
          running ??= runningParts(context, graph);
          needed ??= neededNodes(fn, graph);
          const isNeeded = needed.has(node) || node.op.startsWith("Stateful");
          const finding: Finding =
            isNeeded && running.functions.has(fn)
              ? { file, message, ...lateFault({ fn }, running) }
              : { file, message, severity: "warning", effect: "silent", help: NOT_CALLED };
          if (finding.severity !== "warning" || known === undefined) found.set(name, finding);
        }
      }
    }
    yield* found.values();
  },
});

const NOT_CALLED =
  "Nothing that a server runs comes to the call, but tf.saved_model.load refuses the graph. Export the model again.";

/** Functions that a node calls by its attributes. */
function calledBy({ op, attrs }: GraphNode): readonly string[] {
  if (op === "Const") return [];
  return [...attrs].flatMap(([attr, value]) => {
    // Gradient functions and Python callbacks are named by other attributes, which nothing looks up at load.
    if (attr.startsWith("_")) return [];
    const names = value.kind === "func" ? [value.value] : value.kind === "list" ? value.value.func : [];
    return names.filter((name) => name !== "");
  });
}
