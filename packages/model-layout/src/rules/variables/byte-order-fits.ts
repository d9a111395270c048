import { folder } from "../model-rule.ts";
import { variablesRule } from "./variables-rule.ts";

export const rule = variablesRule({
  id: "variables/byte-order-fits",
  level: "quick",
  summary: "variables are stored in the byte order of the server",
  severity: "error",
  effect: "silent",
  why: "The header of variables.index names the byte order of the data. Where it is not the server's own, the server swaps the bytes of every number: a wrong mark goes unnoticed and every answer is nonsense.",
  mend: "Export the model on the kind of machine that serves it.",
  evidence: ["TensorFlow 2.17.1: such a model loads and answers with other numbers"],
  examples: {
    bad: [folder("big endian", { "m/1/variables/variables.index": "header { endianness: BIG }" })],
    good: [folder("little endian", { "m/1/variables/variables.index": "header { num_shards: 1 }" })],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables?.ok !== true || variables.value.header.endianness !== "BIG") return;
    yield {
      file: variables.value.file,
      message: "the header says big-endian: a server on x86 or ARM swaps the bytes of every number",
      help: "Unless it was written on a big-endian machine, the model loads and answers nonsense. Export it again on the kind of machine that serves it.",
    };
  },
});
