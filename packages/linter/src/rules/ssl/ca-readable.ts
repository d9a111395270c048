import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { authority, leafCertificate, leafKey } from "./example-pem.ts";
import { looksLikePath, readCertificate, type SslContext } from "./ssl-context.ts";
import { sslFate } from "./ssl-fate.ts";

export const rule = defineLintRule<SslContext>({
  id: "ssl/ca-readable",
  summary: "custom_ca holds PEM certificates",
  severity: "error",
  effect: "fatal",
  why: "With client_verify on, a text without certificates keeps gRPC from starting: the server exits with 255 after all models were loaded.",
  mend: "Paste the CA's certificate as PEM text.",
  evidence: ["gRPC src/core/tsi/ssl_transport_security.cc", "recorded start ssl-bad-ca"],
  logTexts: [
    "Could not load any root certificate.",
    "Invalid verification certs.",
    "Failed to BuildAndStart gRPC server",
    "Unable to create secure server with credentials of type Ssl",
    "Handshaker factory creation failed with TSI_INVALID_ARGUMENT.",
  ],
  symptoms: [75],
  examples: {
    bad: [
      {
        files: {
          "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\ncustom_ca: "/etc/tls/ca.crt"\nclient_verify: true\n`,
        },
      },
    ],
    good: [
      {
        files: {
          "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\ncustom_ca: "${authority}"\nclient_verify: true\n`,
        },
      },
    ],
  },
  *check(context) {
    const { customCa, clientVerify } = context.view;
    if (customCa === undefined || customCa.value === "" || readCertificate(customCa.value) !== undefined)
      return;
    const used = clientVerify?.value === true;
    yield {
      ...placeIn(context, customCa.span),
      ...(used ? {} : { severity: "warning" as const }),
      message: looksLikePath(customCa.value)
        ? `custom_ca holds a file name ("${customCa.value}") where the PEM text itself is needed`
        : "custom_ca holds no certificate",
      ...(used ? { fate: sslFate(context) } : {}),
    };
  },
});
