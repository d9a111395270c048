import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "assets/tensors-distinct",
  level: "quick",
  summary: "no tensor takes two assets",
  severity: "error",
  effect: "load-fails",
  why: "The loader feeds all assets at once, and a tensor may be fed only once. (TensorFlow in Python does not mind.)",
  mend: "Export the model again.",
  evidence: ["TensorFlow 2.17.1's C++ loader with an asset listed twice"],
  logTexts: ['Endpoint "…" fed more than once.'],
  examples: {
    bad: [folder("twice", { "m/1/saved_model.pb": "two assets for tensor vocab_file:0" })],
    good: [folder("once", { "m/1/saved_model.pb": "one asset for tensor vocab_file:0" })],
  },
  *check(context) {
    if (context.servesTflite || context.meta === undefined || !context.savedModel.ok) return;
    const seen = new Map<string, string>();
    for (const { filename, tensor } of context.meta.assets) {
      const first = seen.get(tensor);
      if (first !== undefined) {
        yield {
          file: context.savedModel.value.file,
          message: `tensor ${quoted(tensor)} takes the assets ${quoted(first)} and ${quoted(filename)}`,
          help: "A tensor can be fed only once, so the load fails. Export the model again.",
        };
      }
      seen.set(tensor, filename);
    }
  },
});
