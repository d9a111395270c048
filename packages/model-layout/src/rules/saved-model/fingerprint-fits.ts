import { folder, versionRule } from "../model-rule.ts";
import { changedParts, variablesChanged } from "./since-export.ts";

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
    const known = context.sniff("fingerprint.pb");
    const foreign = known?.sure === true ? known : undefined;
    const notWritten =
      fingerprint.ok && fingerprint.value !== undefined && fingerprint.value.graphDefProgramHash === 0;
    if (!fingerprint.ok || foreign !== undefined || notWritten) {
      const reason = fingerprint.ok ? "it has no hash of a graph" : fingerprint.error.reason;
      yield {
        file,
        message:
          foreign !== undefined
            ? `fingerprint.pb holds ${foreign.what}`
            : !fingerprint.ok && fingerprint.error.fault === "unreadable"
              ? `fingerprint.pb can't be read: ${reason}`
              : `fingerprint.pb is no FingerprintDef: ${reason}`,
        help: `The server does not read it, but some file of this export is not what was written. ${foreign?.mend ?? "Copy the export again."}`,
      };
      return;
    }
    if (!variablesChanged(context)) return;
    if (changedParts(context).length > 0) {
      yield {
        file,
        message:
          "fingerprint.pb is that of another export: neither saved_model.pb nor variables.index is what it was made for",
        help: "The server does not read it, but the folder may be put together from several exports. Copy one whole export again.",
      };
      return;
    }
    yield {
      file: context.file("variables", "variables.index"),
      message: "variables.index is not the one that fingerprint.pb was made for (its hash differs)",
      help: "Graph and variables come from different exports, or the index was changed. Copy the whole export again.",
      related: [{ message: "the hash is stored here", file }],
    };
  },
});
