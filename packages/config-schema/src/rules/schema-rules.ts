import type { RuleMeta } from "@servable/diagnostics";

const M = "models:\n  - name: m\n    path: ./m\n";
const files = (text: string): { readonly files: Readonly<Record<string, string>> } => ({
  files: { "servable.yaml": text },
});

/** What `readSpec` reports about the shape of a spec. */
export const schemaRules: readonly RuleMeta[] = [
  {
    id: "spec/syntax",
    summary: "the spec is YAML 1.2 or JSON",
    severity: "error",
    effect: "fatal",
    why: "nothing can be generated or checked from a file that cannot be read",
    mend: "correct the place that is shown; indent with blanks and quote text with special characters",
    evidence: ["YAML 1.2.2"],
    examples: { bad: [files("models: [\n")], good: [files(M)] },
  },
  {
    id: "spec/duplicate-key",
    summary: "a key is given once in a mapping",
    severity: "error",
    effect: "silent",
    why: "YAML does not say which of two equal keys holds",
    mend: "keep one of the two",
    evidence: ["YAML 1.2.2 section 3.2.1.3"],
    examples: {
      bad: [files(`${M}batching: true\nbatching: false\n`)],
      good: [files(`${M}batching: true\n`)],
    },
  },
  {
    id: "spec/unknown-key",
    summary: "keys are keys of the spec",
    severity: "error",
    effect: "silent",
    why: "a misspelt key would be a setting that silently does nothing",
    mend: "use one of the keys that are listed",
    fixable: true,
    evidence: ["JSON Schema of the spec"],
    examples: {
      bad: [files(`${M}batching: { maxBatchsize: 8 }\n`)],
      good: [files(`${M}batching: { maxBatchSize: 8 }\n`)],
    },
  },
  {
    id: "spec/missing-key",
    summary: "required keys are given",
    severity: "error",
    effect: "fatal",
    why: "without the value there is nothing that the server could do",
    mend: "add the key",
    evidence: ["JSON Schema of the spec"],
    examples: { bad: [files("models:\n  - path: ./m\n")], good: [files(M)] },
  },
  {
    id: "spec/wrong-type",
    summary: "values have the type of their key",
    severity: "error",
    effect: "fatal",
    why: "a value of another type has no meaning for the server",
    mend: "write the kind of value that is named; text that looks like a number needs quotes",
    fixable: true,
    evidence: ["JSON Schema of the spec"],
    examples: {
      bad: [files(`${M}batching: { maxBatchSize: many }\n`)],
      good: [files(`${M}batching: { maxBatchSize: 8 }\n`)],
    },
  },
  {
    id: "spec/invalid-value",
    summary: "values are in the range of their key",
    severity: "error",
    effect: "fatal",
    why: "the server rejects such a value, or takes it for another",
    mend: "use a value in the range that is named",
    evidence: ["JSON Schema of the spec"],
    examples: {
      bad: [files(`${M}batching: { maxBatchSize: 0 }\n`)],
      good: [files(`${M}batching: { maxBatchSize: 8 }\n`)],
    },
  },
];
