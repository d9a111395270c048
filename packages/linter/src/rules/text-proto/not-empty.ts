import { defineLintRule } from "../../finding.ts";
import type { TextContext } from "../../text-context.ts";

export const rule = defineLintRule<TextContext>({
  id: "text-proto/not-empty",
  summary: "the file is not of 0 bytes",
  severity: "error",
  effect: "fatal",
  why: "The server maps the file into memory, which fails for 0 bytes (`Invalid argument`); a file with one comment is the smallest that it takes.",
  mend: "Write the settings, or a comment line if the defaults are meant.",
  evidence: [
    "tensorflow/serving util/proto_util.h",
    "recorded starts bat-0bytes, cfg-0bytes, x18-ssl-0bytes",
  ],
  logTexts: [
    "…; Invalid argument",
    "Non-OK-status: ParseProtoTextFile<SSLConfig>(ssl_config_file, &ssl_config)",
  ],
  examples: {
    bad: [{ files: { "models.config": "" } }],
    good: [
      {
        files: {
          "models.config":
            'model_config_list { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
  },
  *check(context) {
    if (context.text === "")
      yield { file: context.file, message: "the file is empty (0 bytes), which the server refuses" };
  },
});
