import type { VariableEntry } from "../../variables/bundle-entry.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "variables/restored-once",
  level: "graph",
  summary: "no variable is restored from two different tensors",
  severity: "warning",
  effect: "silent",
  why: "Variables are one by their container and shared name, whatever their nodes are called. Two tensors that are restored into one variable overwrite each other, in no certain order: answers are wrong, or the load fails where their types differ.",
  mend: "Export the model again; in edited graphs give each VarHandleOp a shared_name of its own.",
  evidence: [
    "tensorflow/core/kernels/resource_variable_ops.cc VarHandleOp",
    "TensorFlow 2.17.1's loader on such graphs",
  ],
  examples: {
    bad: [folder("one name", { "m/1/saved_model.pb": "a and b: VarHandleOp with the shared name w" })],
    good: [
      folder("two names", { "m/1/saved_model.pb": "a and b: VarHandleOp with shared names of their own" }),
    ],
  },
  *check(context) {
    const { restorePlan: plan, variables } = context;
    if (context.servesTflite || plan === undefined || variables?.ok !== true || !context.savedModel.ok)
      return;
    const sources = new Map<
      string,
      { readonly name: string; readonly entries: Map<string, VariableEntry> }
    >();
    for (const { key, slice, variable } of plan.tensors) {
      const entry = variables.value.entry(key);
      if (variable === undefined || slice !== undefined || entry === undefined) continue;
      const known = sources.get(variable.id);
      if (known === undefined)
        sources.set(variable.id, { name: variable.name, entries: new Map([[key, entry]]) });
      else known.entries.set(key, entry);
    }
    for (const { name, entries } of sources.values()) {
      const [first, ...others] = entries.values();
      // Keras 2.15 stores some variables twice, with the same contents.
      const differs = first !== undefined && others.some((entry) => !sameContents(first, entry));
      if (!differs) continue;
      const refused = others.some(({ dtype }) => dtype !== first.dtype);
      yield {
        file: context.savedModel.value.file,
        ...(refused ? { severity: "error" as const } : {}),
        message: `variable ${quoted(name)} is restored from ${entries.size} different stored tensors: ${some([...entries.keys()])}`,
        help: refused
          ? "They are of different types, so the load fails. Export the model again."
          : "One of them wins, which one is open, so answers are wrong. Export the model again.",
      };
    }
  },
});

const sameContents = (a: VariableEntry, b: VariableEntry): boolean =>
  a.dtype === b.dtype && a.size === b.size && a.crc32c === b.crc32c && a.shape?.join() === b.shape?.join();
