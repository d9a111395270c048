import { decodeTensorProto, dtypeOf, TensorError } from "@servable/tensors";
import type { PlacedNode } from "../../graph/graph-index.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { tensorNames } from "../signature/signatures.ts";
import type { VersionContext } from "../version-context.ts";

/** So many constants are named, and those of so many elements with their values. */
const MOST_NAMED = 4;
const FEW_ELEMENTS = 4;

const FLOATING = new Set(["DT_FLOAT", "DT_DOUBLE", "DT_HALF", "DT_BFLOAT16"]);

/** Constants on which the signatures hang, those of floating-point numbers first: they are what a model has learnt. */
function constantsBehindSignatures(context: VersionContext): readonly PlacedNode[] {
  const { graph, meta } = context;
  if (graph === undefined || meta === undefined) return [];
  const answers = [...meta.signatures.values()].flatMap(({ outputs }) =>
    [...outputs.values()].flatMap((info) => [...tensorNames(info)]),
  );
  const nodes = graph.ancestors(answers);
  const functions = graph.reachableFunctions(nodes);
  const constants = graph.nodesInUse.filter(
    ({ node, fn }) => node.op === "Const" && (fn === undefined ? nodes.has(node) : functions.has(fn)),
  );
  const isFloating = ({ node }: PlacedNode): boolean => {
    const type = node.attr("dtype");
    return type?.kind === "type" && FLOATING.has(dtypeOf(type.value) ?? "");
  };
  return [...constants.filter(isFloating), ...constants.filter((constant) => !isFloating(constant))];
}

/** `"a" = 0.5`, or the name alone where there are many values, or none that can be shown. */
function shown({ node }: PlacedNode): string {
  const value = node.attr("value");
  if (value?.kind !== "tensor") return quoted(node.name);
  try {
    const { data } = decodeTensorProto(value.value, { maxFilledBytes: 1 << 16 });
    const values = Array.from<unknown>(data);
    const few = values.length > 0 && values.length <= FEW_ELEMENTS;
    if (!few || values.some((value) => typeof value !== "number" && typeof value !== "bigint"))
      return quoted(node.name);
    return `${quoted(node.name)} = ${values.length === 1 ? values[0] : `[${values.join(", ")}]`}`;
  } catch (error) {
    if (error instanceof TensorError) return quoted(node.name);
    throw error;
  }
}

export const rule = versionRule({
  id: "saved-model/graph-is-covered",
  level: "bytes",
  summary: "a hash covers saved_model.pb as checksums cover the variables",
  severity: "warning",
  effect: "silent",
  why: "Level bytes proves every variable against its checksum. saved_model.pb has none of its own: only fingerprint.pb, which TensorFlow writes from 2.11 on, holds a hash of it. Without that a flipped bit in a constant leaves a sound graph with other answers, which no reader of the folder can tell from the exported one. Where there are no variables either, nothing at all was proved, which is a warning; else it is a note.",
  mend: "Export with TensorFlow 2.12 or newer, or prove the answers: `servable verify` with goldens compares predictions.",
  evidence: [
    "TensorFlow 2.17.1 loads a SavedModel with a flipped bit in a constant and answers with the other value",
    "tensorflow/cc/saved_model/fingerprinting.cc",
  ],
  examples: {
    bad: [folder("nothing to hold it against", { "m/1/saved_model.pb": "a graph with constants" })],
    good: [
      folder("covered", { "m/1/saved_model.pb": "a graph with constants", "m/1/fingerprint.pb": "hashes" }),
    ],
  },
  *check(context) {
    const { graph, savedModel } = context;
    if (context.servesTflite || graph === undefined || !savedModel.ok) return;
    // What a text form says is meant to be read and edited by people.
    if (context.has("fingerprint.pb") || context.savedModelName !== "saved_model.pb") return;
    const constants = constantsBehindSignatures(context);
    if (constants.length === 0) return;
    const named = constants.slice(0, MOST_NAMED).map(shown);
    const more = constants.length - named.length;
    const provesNothing = context.variables === undefined;
    yield {
      ...(provesNothing ? {} : { severity: "info" as const }),
      file: savedModel.value.file,
      message: `no hash covers saved_model.pb: a bit flipped in ${constants.length === 1 ? "its constant" : "one of its constants"} ${named.join(", ")}${more === 0 ? "" : ` and ${more} more`} would change the answers unseen`,
      help: `There is no fingerprint.pb, and the file has no checksum of its own${provesNothing ? ", so that level bytes proves nothing of this version" : ""}. Only answers tell: compare predictions with goldens (\`servable verify\`), or export with TensorFlow 2.12 or newer.`,
    };
  },
});
