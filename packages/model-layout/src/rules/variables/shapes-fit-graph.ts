import { showShape } from "@servable/tensors";
import { compatible } from "../../graph/shapes/shape.ts";
import { sliceShape } from "../../variables/join-slices.ts";
import { StoredTensorError } from "../../variables/stored-tensor.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

/** From more wrong shapes than this on, they are one finding. */
const MOST_NAMED = 3;

interface Finding {
  /** A reference variable, whose shape the server compares. */
  readonly fails: boolean;
  readonly what: string;
}

const help = (fails: boolean): string =>
  `${fails ? "The load fails." : "The server does not compare: it loads, and answers may be wrong."} Copy graph and variables from one export.`;

export const rule = versionRule({
  id: "variables/shapes-fit-graph",
  level: "graph",
  summary: "stored tensors have the shape of the variables that they are assigned to",
  severity: "warning",
  effect: "silent",
  why: "Assigning to a resource variable does not compare shapes: the model loads, and answers are wrong or fail later. Reference variables of TF1 are compared, and the load fails.",
  mend: "Copy graph and variables from one export.",
  evidence: [
    "TensorFlow 2.17.1's loader: resource variables load with another shape, reference variables do not",
  ],
  logTexts: ["Assign requires shapes of both tensors to match. lhs shape= … rhs shape= …"],
  examples: {
    bad: [
      folder("transposed", {
        "m/1/saved_model.pb": "variable w of shape [2,3]",
        "m/1/variables/variables.index": "w: [3,2]",
      }),
    ],
    good: [
      folder("equal", {
        "m/1/saved_model.pb": "variable w of shape [2,3]",
        "m/1/variables/variables.index": "w: [2,3]",
      }),
    ],
  },
  *check(context) {
    const { restorePlan: plan, variables } = context;
    if (context.servesTflite || plan === undefined || variables?.ok !== true) return;
    const found: Finding[] = [];
    for (const { key, slice, variable } of plan.tensors) {
      const entry = variables.value.entry(key);
      if (entry === undefined || variable?.shape === undefined) continue;
      let stored: readonly number[] | null = entry.shape;
      try {
        if (slice !== undefined) stored = sliceShape(slice.shape, slice.extents);
      } catch (error) {
        if (error instanceof StoredTensorError) continue;
        throw error;
      }
      if (compatible(stored, variable.shape)) continue;
      found.push({
        fails: variable.kind === "reference",
        what: `${quoted(key)} is stored with shape ${showShape(stored)} but variable ${quoted(variable.name)} has ${showShape(variable.shape)}`,
      });
    }
    const { file } = variables.value;
    const fails = found.some((finding) => finding.fails);
    // Many at once are one mistake: the variables of another model.
    if (found.length > MOST_NAMED) {
      yield {
        file,
        severity: fails ? "error" : "warning",
        message: `${found.length} of ${plan.tensors.length} tensors are stored with other shapes than the variables have: ${found[0]!.what}, …`,
        help: help(fails),
      };
      return;
    }
    for (const finding of found)
      yield {
        file,
        severity: finding.fails ? "error" : "warning",
        message: finding.what,
        help: help(finding.fails),
      };
  },
});
