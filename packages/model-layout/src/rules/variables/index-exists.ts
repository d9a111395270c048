import { joinPath } from "../../files/model-file-system.ts";
import { remainsOf } from "../../files/remains-of.ts";
import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { folder, quoted } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";
import { variablesRule } from "./variables-rule.ts";

/** The index under another name or in another place. */
function lookElsewhere(context: VersionContext): string | undefined {
  const named = (folder: string, test: (name: string) => boolean): string | undefined => {
    const found = context.list(folder).find(({ name }) => test(name));
    return found === undefined ? undefined : joinPath(folder, found.name);
  };
  return (
    named("variables", (name) => remainsOf(name, NAME)) ??
    named("", (name) => name === NAME || remainsOf(name, NAME)) ??
    named("variables/variables", (name) => name === NAME) ??
    named("", (name) => name !== "variables" && /^variables?$/i.test(name)) ??
    // A checkpoint's files, copied under their own prefix.
    named("variables", (name) => name.endsWith(".index"))
  );
}

const NAME = "variables.index";

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
    if (context.listing("variables") instanceof ModelReadError) return; // layout/files-are-regular
    const data = context.list("variables").some(({ name }) => name.startsWith("variables.data-"));
    // A saver with nothing to restore needs no index: the graph is looked at only in this rare case.
    const graph = context.graph;
    if (!data && graph !== undefined) {
      const body = [...graph.graph.nodes, ...graph.graph.functions.flatMap(({ nodes }) => nodes)];
      if (!body.some(({ op }) => op === "VarHandleOp" || op === "VariableV2" || op === "Variable")) return;
    }
    const folder = context.entry("variables");
    const isFolder = folder !== undefined && folder.kind !== "file";
    const elsewhere = lookElsewhere(context);
    yield {
      file: folder === undefined ? context.path : context.file("variables"),
      message: `${
        data
          ? "variables.index is missing beside the data files"
          : isFolder
            ? "variables.index is missing: the model restores variables"
            : folder !== undefined
              ? "variables is a file, not a folder: the model restores variables"
              : "the variables folder is missing: the model restores variables"
      }${elsewhere === undefined ? "" : `, but ${quoted(elsewhere)} is there`}`,
      help: `The server takes this for a model without variables: it loads, is reported AVAILABLE, and every request fails. ${elsewhere === undefined ? "Copy the whole variables folder." : 'The file must be "variables/variables.index", whole and under this very name.'}`,
    };
  },
});
