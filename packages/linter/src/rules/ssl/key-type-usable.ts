import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { leafCertificate, leafKey, secp256k1Certificate, secp256k1Key } from "./example-pem.ts";
import { readKey, type SslContext } from "./ssl-context.ts";
import { sslFate } from "./ssl-fate.ts";

/** Bits of an RSA key from which on a handshake can be signed at all, and from which on it is worth something. */
const leastBits = 1024;
const soundBits = 2048;

export const rule = defineLintRule<SslContext>({
  id: "ssl/key-type-usable",
  summary: "server_key is of a type that gRPC's TLS can use",
  severity: "error",
  effect: "fatal",
  why: "gRPC's TLS library knows the curves P-256, P-384 and P-521, and its clients offer no signatures by Ed25519, P-521 or RSA keys of less than 1024 bits: with other curves the server does not start, with those it starts and its clients cannot connect.",
  mend: "Take an RSA key of 2048 bits or more, or an EC key on P-256.",
  evidence: ["gRPC core 1.85, run with keys of each type", "gRPC src/core/tsi/ssl_transport_security.cc"],
  logTexts: ["Failed to BuildAndStart gRPC server", "Invalid private key.", "Invalid cert chain file."],
  symptoms: [75],
  examples: {
    bad: [
      {
        title: "a key on the curve secp256k1",
        files: { "ssl.config": `server_key: "${secp256k1Key}"\nserver_cert: "${secp256k1Certificate}"\n` },
      },
    ],
    good: [{ files: { "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\n` } }],
  },
  *check(context) {
    const { serverKey } = context.view;
    const key = serverKey === undefined ? undefined : readKey(serverKey.value);
    if (serverKey === undefined || key === undefined) return;
    const place = placeIn(context, serverKey.span);
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    switch (key.asymmetricKeyType) {
      case "rsa":
        if (modulusLength === undefined || modulusLength >= soundBits) return;
        yield {
          ...place,
          severity: "warning",
          message: `server_key is an RSA key of ${modulusLength} bits: ${modulusLength < leastBits ? "clients cannot connect" : "too short to be safe"}`,
        };
        return;
      case "ec":
        if (namedCurve === "prime256v1" || namedCurve === "secp384r1") return;
        if (namedCurve === "secp521r1") {
          yield {
            ...place,
            severity: "warning",
            message: "server_key is on the curve P-521: gRPC's own clients cannot connect",
          };
          return;
        }
        yield {
          ...place,
          message: `server_key is on the curve ${namedCurve ?? "of its own"}, which gRPC's TLS library does not know`,
          fate: sslFate(context),
        };
        return;
      case "ed25519":
        yield {
          ...place,
          severity: "warning",
          message: "server_key is an Ed25519 key: gRPC's own clients cannot connect",
        };
        return;
      default:
        yield {
          ...place,
          message: `server_key is a key of type ${key.asymmetricKeyType ?? "unknown"}, which TLS does not use`,
          fate: sslFate(context),
        };
    }
  },
});
