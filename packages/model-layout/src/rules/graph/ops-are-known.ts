import { nearest } from "@servable/diagnostics";
import { isAtLeast } from "../../discovery/version-name.ts";
import { countOps } from "../../graph/graph-def.ts";
import { extraOpLibrary, graphDefVersion, hasOp, knownOps, opRange } from "../../graph/op-table.ts";
import { count, folder, quoted, versionRule } from "../model-rule.ts";

/** Ops of TensorFlow's Python package: their kernels call into an interpreter, which no server links. */
const PYTHON_OPS: ReadonlySet<string> = new Set(["PyFunc", "PyFuncStateless", "EagerPyFunc"]);

export const rule = versionRule({
  id: "graph/ops-are-known",
  level: "graph",
  summary: "the server's release registers every op of the graph",
  severity: "error",
  effect: "load-fails",
  why: "Each op of the graph and of the functions that it calls must be linked into the server's binary, used or not. Ops of a newer TensorFlow, of add-on libraries and Python ops are not.",
  mend: "Serve with a release (or an image) that has the op, or export without it.",
  evidence: [
    "op names registered by the TensorFlow wheels 1.13 to 2.20",
    "tensorflow/serving: model_servers/BUILD SUPPORTED_TENSORFLOW_OPS; issues #54, #992, #1167 (PyFunc)",
    "recorded run of 2.17.1",
  ],
  logTexts: [
    "Op type not registered '…' in binary running on …. Make sure the Op and Kernel are registered in the binary running in this process.",
  ],
  symptoms: [16],
  examples: {
    bad: [folder("a custom op", { "m/1/saved_model.pb": "graph with the op MyCustomOp" })],
    good: [folder("TensorFlow's own", { "m/1/saved_model.pb": "graph with MatMul and BiasAdd" })],
  },
  *check(context) {
    const { graph, meta } = context;
    if (context.servesTflite || graph === undefined || meta === undefined || !context.savedModel.ok) return;
    const { tfsVersion, officialImage } = context.target;
    // A release that the table does not have can't be judged.
    if (graphDefVersion(tfsVersion) === undefined) return;
    let used: ReadonlySet<string> | undefined;
    /** An op that only functions hold which the graph never calls fails nothing but tf.saved_model.load. */
    const severity = (op: string): { readonly severity?: "warning" } => {
      used ??= new Set(graph.nodesInUse.map(({ node }) => node.op));
      return used.has(op) ? {} : { severity: "warning" };
    };
    for (const [op, times] of countOps(graph.graph)) {
      if (PYTHON_OPS.has(op)) {
        yield {
          file: context.savedModel.value.file,
          ...severity(op),
          message: `op ${quoted(op)} (${count(times, "node")}) calls back into the Python program that exported it`,
          help: "The server has no Python: it refuses the model, or every request that comes to the op. Export without tf.py_function and tf.numpy_function.",
        };
        continue;
      }
      if (op.startsWith("_") || graph.functions.has(op) || hasOp(op, tfsVersion)) continue;
      const range = opRange(op);
      const library = extraOpLibrary(op);
      const linked =
        library === "TensorFlow Text" ? isAtLeast(tfsVersion, 2, 1) : isAtLeast(tfsVersion, 2, 11);
      if (library !== undefined && officialImage && linked) continue;
      const where = `op ${quoted(op)} (${count(times, "node")})`;
      if (range?.last !== undefined && !library) {
        // The table can't tell a removed op from one that is only hidden: newer servers may still have it.
        const removed = isAtLeast(tfsVersion, ...(range.last.split(".").map(Number) as [number, number]));
        if (removed && range.last !== "1.15") {
          yield {
            file: context.savedModel.value.file,
            severity: "warning",
            message: `${where} is in TensorFlow up to ${range.last}, not in ${tfsVersion}`,
            help: `Serve with a release up to ${range.last}, or export without the op.`,
          };
          continue;
        }
      }
      const near = library === undefined && range === undefined ? nearest(op, knownOps()) : undefined;
      yield {
        file: context.savedModel.value.file,
        ...severity(op),
        message:
          library !== undefined
            ? `${where} belongs to ${library}, which TensorFlow itself does not have`
            : range === undefined
              ? `${where} is not registered in any TensorFlow release`
              : range.last !== undefined && range.last === "1.15"
                ? `${where} ended with TensorFlow 1.15, the server is ${tfsVersion}`
                : `${where} is registered since TensorFlow ${range.first}, the server is ${tfsVersion}`,
        help:
          library !== undefined
            ? `Servers built without ${library} fail to load the model. The official image links it${library === "TensorFlow Text" ? "" : " (since 2.11)"}: name that image in the spec, or check with it, if you serve with it.`
            : range === undefined
              ? near === undefined
                ? "Build a server with the op linked in, or export without it (tf.py_function and custom ops can't be served by the stock server)."
                : `Build a server with the op linked in; ${quoted(near)} is a registered op of nearly that name.`
              : range.last === "1.15"
                ? "Contrib and other 1.x ops are gone: serve with 1.15, or export again."
                : `Serve with ${range.first} or newer, or export with the TensorFlow of the server.`,
      };
    }
  },
});
