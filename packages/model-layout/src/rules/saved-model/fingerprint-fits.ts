import { fingerprint64 } from "../../saved-model/fingerprint64.ts";
import { folder, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "saved-model/fingerprint-fits",
  level: "graph",
  summary: "fingerprint.pb belongs to the variables beside it",
  severity: "warning",
  effect: "silent",
  why: "The exporter writes a hash of variables.index into fingerprint.pb. The server does not look, but a hash that differs says that graph and variables come from two exports, or that a file was changed since.",
  mend: "Copy the whole export again.",
  evidence: [
    "FarmHash Fingerprint64 of variables.index equals checkpoint_hash in every export of TensorFlow 2.17.1 that was tried",
  ],
  examples: {
    bad: [
      folder("from another export", {
        "m/1/fingerprint.pb": "hash of another index",
        "m/1/variables/variables.index": "table",
      }),
    ],
    good: [
      folder("one export", {
        "m/1/fingerprint.pb": "hash of the index",
        "m/1/variables/variables.index": "table",
      }),
    ],
  },
  *check(context) {
    if (!context.has("fingerprint.pb")) return;
    const file = context.file("fingerprint.pb");
    const { fingerprint } = context;
    if (!fingerprint.ok) {
      yield {
        file,
        message: `fingerprint.pb is no FingerprintDef: ${fingerprint.error.reason}`,
        help: "The server does not read it, but some file of this export is not what was written. Copy the export again.",
      };
      return;
    }
    const { checkpointHash = 0 } = fingerprint.value ?? {};
    if (checkpointHash === 0 || context.variables?.ok !== true) return;
    const { path, bytes } = context.variablesFile;
    const hash = fingerprint64(bytes);
    if (hash === BigInt(checkpointHash)) return;
    yield {
      file: path,
      message: `variables.index is not the one that fingerprint.pb was made for (hash ${hash}, not ${checkpointHash})`,
      help: "Graph and variables come from different exports, or the index was changed. Copy the whole export again.",
      related: [{ message: "the hash is stored here", file }],
    };
  },
});
