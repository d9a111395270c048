import type { RuleMeta } from "@servable/diagnostics";

/** The one rule of the CLI itself: only it knows whether the files that a spec names are there. */
export const filesReadable: RuleMeta = {
  id: "spec/files-readable",
  summary: "the files that the spec names can be read",
  severity: "error",
  effect: "fatal",
  why: "ssl.config holds PEM text, so the key and certificate files are read when artifacts are made; without them nothing can be generated.",
  mend: "Correct the path, which is relative to the folder of the spec, or make the file readable.",
  evidence: ["tensorflow/serving config/ssl_config.proto: the fields hold text, not paths"],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml":
            "models:\n  - name: m\n    path: ./m\ntls:\n  serverKeyFile: ./missing.key\n  serverCertFile: ./missing.crt\n",
        },
      },
    ],
    good: [{ files: { "servable.yaml": "models:\n  - name: m\n    path: ./m\n" } }],
  },
};
