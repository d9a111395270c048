import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { authority, leafCertificate, leafKey } from "./example-pem.ts";
import type { SslContext } from "./ssl-context.ts";

export const rule = defineLintRule<SslContext>({
  id: "ssl/verify-needs-ca",
  summary: "client_verify comes with custom_ca",
  severity: "error",
  effect: "request-fails",
  why: "Without a CA no client certificate can be verified: the server starts and refuses every client.",
  mend: "Add custom_ca with the PEM text of the CA that signs the clients.",
  evidence: ["tensorflow/serving model_servers/server.cc", "tensorflow_model_server 2.17.1, run"],
  logTexts: ["certificate verify failed"],
  symptoms: [75],
  examples: {
    bad: [
      {
        files: {
          "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\nclient_verify: true\n`,
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
    if (clientVerify?.value !== true || (customCa?.value ?? "") !== "") return;
    if (context.view.misread.has("custom_ca")) return;
    yield {
      ...placeIn(context, clientVerify.field),
      message: "client_verify is on without a custom_ca: every client is refused",
    };
  },
});
