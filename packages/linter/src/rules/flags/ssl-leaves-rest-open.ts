import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, restRequested } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/ssl-leaves-rest-open",
  summary: "REST is not taken for encrypted",
  severity: "warning",
  effect: "security",
  why: "`--ssl_config_file` covers gRPC only: REST and metrics stay plain HTTP without authentication on all interfaces.",
  mend: "Leave REST off, or put a proxy that ends TLS in front and close the port to others.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x19-ssl-rest"],
  symptoms: [75],
  examples: {
    bad: [
      {
        files: {
          "<flags>": "--model_base_path=/models/m\n--ssl_config_file=/ssl.config\n--rest_api_port=8501",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--ssl_config_file=/ssl.config" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.string("ssl_config_file") === "" || !restRequested(flags)) return;
    yield {
      ...placeOfFlag(context, "rest_api_port"),
      message: `REST on port ${flags.int("rest_api_port")} stays unencrypted and open to anyone although gRPC uses TLS`,
    };
  },
});
