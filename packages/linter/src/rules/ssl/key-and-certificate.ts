import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { leafCertificate, leafKey } from "./example-pem.ts";
import { looksLikePath, readCertificate, readKey, type SslContext } from "./ssl-context.ts";
import { sslFate } from "./ssl-fate.ts";

export const rule = defineLintRule<SslContext>({
  id: "ssl/key-and-certificate",
  summary: "server_key and server_cert hold PEM text",
  severity: "error",
  effect: "fatal",
  why: "The fields take the PEM text itself, with `\\n` for its line ends, not file names. With anything else gRPC cannot start, and the server exits with 255 after all models were loaded (with the health service on it crashes).",
  mend: "Paste the texts, for instance with `awk '{printf \"%s\\\\n\", $0}' server.key`.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "tensorflow/serving#193",
    "recorded starts ssl-paths, ssl-empty, ssl-key-only, ssl-swapped",
  ],
  logTexts: [
    "Invalid cert chain file.",
    "Invalid private key.",
    "Handshaker factory creation failed with TSI_INVALID_ARGUMENT.",
    "Failed to BuildAndStart gRPC server",
    "Unable to create secure server with credentials of type Ssl",
  ],
  symptoms: [75],
  examples: {
    bad: [
      { files: { "ssl.config": 'server_key: "/etc/tls/server.key"\nserver_cert: "/etc/tls/server.crt"\n' } },
      { files: { "ssl.config": "# to do\n" } },
    ],
    good: [{ files: { "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\n` } }],
  },
  *check(context) {
    if (context.text === "") return;
    for (const [name, field, other, read, readOther] of [
      ["server_key", context.view.serverKey, "certificate", readKey, readCertificate],
      ["server_cert", context.view.serverCert, "private key", readCertificate, readKey],
    ] as const) {
      if (field === undefined && (!context.accepted || context.view.misread.has(name))) continue;
      const value = field?.value ?? "";
      if (value !== "" && read(value) !== undefined) continue;
      const what =
        value === ""
          ? `${name} is not set`
          : looksLikePath(value)
            ? `${name} holds a file name ("${value}") where the PEM text itself is needed`
            : readOther(value) !== undefined
              ? `${name} holds a ${other}`
              : /-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(value)
                ? `${name} is encrypted, and the server has no way to ask for the passphrase`
                : value.includes("-----BEGIN")
                  ? `${name} holds PEM text that cannot be read`
                  : `${name} holds no PEM text`;
      yield {
        ...(field === undefined ? { file: context.file } : placeIn(context, field.span)),
        message: what,
        fate: sslFate(context),
      };
    }
  },
});
