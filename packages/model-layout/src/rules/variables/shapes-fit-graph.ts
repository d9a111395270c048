import { showShape } from "@servable/tensors";
import { compatible } from "../../graph/shapes/shape.ts";
import { sliceShape } from "../../variables/join-slices.ts";
import { StoredTensorError } from "../../variables/stored-tensor.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

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
      yield {
        file: variables.value.file,
        severity: variable.kind === "reference" ? "error" : "warning",
        message: `${quoted(key)} is stored with shape ${showShape(stored)} but variable ${quoted(variable.name)} has ${showShape(variable.shape)}`,
        help:
          variable.kind === "reference"
            ? "The load fails. Copy graph and variables from one export."
            : "The server does not compare: it loads, and answers may be wrong. Copy graph and variables from one export.",
      };
    }
  },
});
