import { folder } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/index-exists",
  level: "quick",
  summary: "a model that restores variables has variables/variables.index",
  severity: "error",
  effect: "request-fails",
  why: "Without the index the loader takes the model for one without variables: it loads, is reported AVAILABLE, and every request fails.",
  mend: "Copy the whole variables folder; publish by renaming a finished folder.",
  evidence: ["tensorflow: cc/saved_model/loader_util.cc RunRestore", "recorded run of 2.17.1"],
  logTexts: [
    "The specified SavedModel has no variables; no checkpoints were restored. …",
    "Could not find variable …. This could mean that the variable has been deleted. In TF1, it can also mean the variable is uninitialized. …",
    "Attempting to use uninitialized value …",
  ],
  symptoms: [11],
  examples: {
    bad: [
      folder("no index", {
        "m/1/saved_model.pb": "SavedModel with a saver",
        "m/1/variables/variables.data-00000-of-00001": "bytes",
      }),
    ],
    good: [
      folder("an index", {
        "m/1/saved_model.pb": "SavedModel with a saver",
        "m/1/variables/variables.index": "table",
        "m/1/variables/variables.data-00000-of-00001": "bytes",
      }),
    ],
  },
  *check(context) {
    const { meta } = context;
    if (context.servesTflite || meta === undefined || context.has("variables/variables.index")) return;
    if (meta.saver === undefined || meta.saver.restoreOp === "") return;
    const data = context.list("variables").some(({ name }) => name.startsWith("variables.data-"));
    // A saver with nothing to restore needs no index: the graph is looked at only in this rare case.
    const graph = context.graph;
    if (!data && graph !== undefined) {
      const body = [...graph.graph.nodes, ...graph.graph.functions.flatMap(({ nodes }) => nodes)];
      if (!body.some(({ op }) => op === "VarHandleOp" || op === "VariableV2" || op === "Variable")) return;
    }
    const folderThere = context.has("variables");
    yield {
      file: folderThere ? context.file("variables") : context.path,
      message: data
        ? "variables.index is missing beside the data files"
        : folderThere
          ? "variables.index is missing: the model restores variables"
          : "the variables folder is missing: the model restores variables",
      help: "The server takes this for a model without variables: it loads, is reported AVAILABLE, and every request fails. Copy the whole variables folder.",
    };
  },
});
