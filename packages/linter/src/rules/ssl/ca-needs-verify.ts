import { defineLintRule } from "../../finding.ts";
import { placeIn } from "../../text-context.ts";
import { authority, leafCertificate, leafKey } from "./example-pem.ts";
import type { SslContext } from "./ssl-context.ts";

export const rule = defineLintRule<SslContext>({
  id: "ssl/ca-needs-verify",
  summary: "custom_ca comes with client_verify: true",
  severity: "error",
  effect: "security",
  why: "Without client_verify the CA is not used: clients without a certificate are let in, and nothing says so.",
  mend: "Add `client_verify: true`, or drop custom_ca.",
  evidence: ["tensorflow/serving model_servers/server.cc", "tensorflow_model_server 2.17.1, run"],
  symptoms: [75],
  examples: {
    bad: [
      {
        files: {
          "ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\ncustom_ca: "${authority}"\n`,
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
    if (customCa === undefined || customCa.value === "" || clientVerify?.value === true) return;
    if (context.view.misread.has("client_verify")) return;
    yield {
      ...placeIn(context, clientVerify?.field ?? customCa.field),
      ...(clientVerify === undefined ? {} : { severity: "warning" as const }),
      message: "custom_ca does nothing without client_verify: true",
    };
  },
});
