import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { authority, expiredCertificate, leafCertificate, leafKey } from "./example-pem.ts";
import { readCertificate, type SslContext } from "./ssl-context.ts";

const day = 24 * 60 * 60 * 1000;
/** Days before the end from which on it is told. */
const notice = 30;

export const rule = defineLintRule<SslContext>({
  id: "ssl/certificate-in-time",
  summary: "the certificates are valid today",
  severity: "error",
  effect: "request-fails",
  why: "gRPC does not look at the dates of its own certificate: the server starts and looks healthy, and every client refuses it. With a CA that has run out the server refuses every client in turn.",
  mend: "Renew the certificate, and restart the server: the file is read at the start only.",
  evidence: [
    "gRPC core 1.85, run with an expired certificate and with one that is not valid yet",
    "tensorflow/serving model_servers/server.cc",
  ],
  logTexts: [
    "certificate has expired",
    "certificate is not yet valid",
    "Tls handshake failed (TSI_PROTOCOL_FAILURE): SSL_ERROR_SSL: …:SSL routines:…:CERTIFICATE_VERIFY_FAILED",
  ],
  symptoms: [75],
  examples: {
    bad: [
      {
        title: "a certificate that ran out in 2021",
        files: { "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${expiredCertificate}"\n` },
        machine: { today: "2026-01-31" },
      },
    ],
    good: [
      {
        files: {
          "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\ncustom_ca: "${authority}"\nclient_verify: true\n`,
        },
        machine: { today: "2027-01-31" },
      },
    ],
  },
  *check(context) {
    const { now } = context;
    if (now === undefined) return;
    const { serverCert, customCa, clientVerify } = context.view;
    const looked = [
      ["server_cert", serverCert, "clients refuse the server"],
      ["custom_ca", clientVerify?.value === true ? customCa : undefined, "the server refuses every client"],
    ] as const;
    for (const [name, field, then] of looked) {
      const certificate = field === undefined ? undefined : readCertificate(field.value);
      if (field === undefined || certificate === undefined) continue;
      const from = new Date(certificate.validFrom);
      const to = new Date(certificate.validTo);
      const left = Math.floor((to.getTime() - now.getTime()) / day);
      if (now < from) {
        yield {
          ...placeIn(context, field.span),
          message: `${name} is valid from ${dayOf(from)} on only: ${then} until then`,
        };
      } else if (now > to) {
        yield { ...placeIn(context, field.span), message: `${name} ran out on ${dayOf(to)}: ${then}` };
      } else if (left < notice) {
        yield {
          ...placeIn(context, field.span),
          severity: "warning",
          message: `${name} runs out on ${dayOf(to)}, ${left === 0 ? "within a day" : `in ${left} day${left === 1 ? "" : "s"}`}`,
        };
      }
    }
  },
});

/** `2026-01-31`, in UTC. */
const dayOf = (date: Date): string =>
  Number.isNaN(date.getTime()) ? "an unknown day" : date.toISOString().slice(0, 10);
