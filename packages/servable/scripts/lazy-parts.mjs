// Which modules of the CLI's core are chunks of their own, and how a chunk is loaded only when something of it is used.

/** Modules that most checks of one file do without, by chunk; by the end of their path. All else of the core is one file. */
const PARTS = {
  "batching-rules": /linter\/src\/(rules\/batching\/|views\/batching-view)/,
  "model-config-rules": /linter\/src\/(rules\/model-config\/|views\/model-config-view)/,
  "other-rules":
    /linter\/src\/(rules\/(monitoring|ssl|platform|session|suppression)\/|views\/(platform|session)-view)/,
  findings: new RegExp(
    [
      "text-proto/src/(cpp-verdict|cpp-tokenizer|value-errors|lexical-errors|field-errors|unexpected-token|recovery|rules|wording|escape)\\.ts",
      "diagnostics/src/(suggest|apply-fixes|render/(sarif|junit|github|json|xml-text))\\.ts",
      "servable/src/(check/(fix-text|files-readable)|cli/(replace-file|temporary-name))\\.ts",
    ].join("|"),
  ),
  "any-schemas": /protos\/src\/generated\/text-schema-any/,
  "server-flags": /server-flags\/src\/(flag-table|parse-)/,
  "text-printing": /text-proto\/src\/(format|encode|print-message)\.ts/,
};

/** The part that a module of the core belongs to, if any. */
export function partOf(path) {
  const id = path.replaceAll("\\", "/");
  return Object.keys(PARTS).find((name) => PARTS[name].test(id));
}

/** What a check of a folder loads before it knows what is in there: one file, too. */
const FOLDER = new RegExp(
  [
    "servable/src/(check/(check-folder|progress)|cli/interruptible|render/human-bytes)\\.ts",
    "model-layout/src/(discovery|quick)/",
    "model-layout/src/(files/(model|node)-file-system|saved-model/saved-model-(error|file)|variables/shard-name)\\.ts",
    "model-layout/src/(generated/plain-files-wasm|wasm-exports|warmup/warmup-file)\\.ts",
    "model-layout/src/wire/(wire-reader|ascii-name)\\.ts",
    "tensors/src/dtype\\.ts",
  ].join("|"),
);

export const needsFolder = (path) => FOLDER.test(path.replaceAll("\\", "/"));

const PART_FILE = new RegExp(`(^|/)(${Object.keys(PARTS).join("|")})-[^/]*\\.js$`);

/** Whether a chunk, by its file name, is a part. */
export const isPart = (file) => PART_FILE.test(file);

/**
 * Turns `const x = require("./part.js")` of a chunk, as the bundler writes it, into a call when `x` is used: what is
 * imported from there stands as `x.name` wherever it is used, so nothing else changes. Modules must be free of side
 * effects, as all of ours are.
 */
export function requireWhenUsed(code) {
  let out = code;
  for (const [line, name, path] of code.matchAll(/^const (\w+) = require\("(\.[^"]+)"\);$/gm)) {
    if (!isPart(path)) continue;
    out = out
      // In parentheses, for `new x.Name()`.
      .replaceAll(new RegExp(`\\b${name}\\.`, "g"), `(${name}()).`)
      .replace(line, () => `let ${name}$; const ${name} = () => (${name}$ ??= require("${path}"));`);
  }
  return out;
}
