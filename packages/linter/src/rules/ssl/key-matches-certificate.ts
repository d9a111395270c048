import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { leafCertificate, leafKey, otherKey } from "./example-pem.ts";
import { readCertificate, readKey, type SslContext } from "./ssl-context.ts";
import { sslFate } from "./ssl-fate.ts";

export const rule = defineLintRule<SslContext>({
  id: "ssl/key-matches-certificate",
  summary: "server_key is the key of server_cert",
  severity: "error",
  effect: "fatal",
  why: "gRPC refuses the pair, and the server exits with 255 after all models were loaded.",
  mend: "Take key and certificate of one pair; in a chain the server's own certificate comes first.",
  evidence: ["gRPC src/core/tsi/ssl_transport_security.cc", "recorded start ssl-mismatch"],
  logTexts: [
    "Invalid private key.",
    "Failed to BuildAndStart gRPC server",
    "Unable to create secure server with credentials of type Ssl",
    "Handshaker factory creation failed with TSI_INVALID_ARGUMENT.",
  ],
  symptoms: [75],
  examples: {
    bad: [{ files: { "ssl.config": `server_key: "${otherKey}"\nserver_cert: "${leafCertificate}"\n` } }],
    good: [{ files: { "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\n` } }],
  },
  *check(context) {
    const { serverKey, serverCert } = context.view;
    if (serverKey === undefined || serverCert === undefined) return;
    const key = readKey(serverKey.value);
    const certificate = readCertificate(serverCert.value);
    if (key === undefined || certificate === undefined || certificate.checkPrivateKey(key)) return;
    yield {
      ...placeIn(context, serverKey.span),
      message: `server_key does not belong to server_cert (${certificate.subject.split("\n").at(-1) ?? ""})`,
      related: [{ message: "the certificate", file: context.file, span: serverCert.span }],
      fate: sslFate(context),
    };
  },
});
