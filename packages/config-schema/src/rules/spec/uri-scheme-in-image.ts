import { defineRule } from "@servable/diagnostics";
import { compareVersions } from "@servable/server-flags";
import { modelPath, quoted, type SpecContext } from "../spec-context.ts";

export const rule = defineRule<SpecContext>({
  id: "spec/uri-scheme-in-image",
  summary: "the image can read the scheme of a model's uri",
  severity: "error",
  effect: "hangs",
  why: "the stock server reads gs:// only since 2.7; with another scheme it retries for ever with closed ports",
  mend: "copy the model to a local folder or to gs://, use a server before 2.7 for s3:// and hdfs://, or an image of your own",
  evidence: [
    "tensorflow_serving/model_servers/BUILD:565 at 2.6.0 and 2.7.0",
    "https://github.com/tensorflow/serving/issues/1963",
  ],
  logTexts: ["File system scheme '…' not implemented (file: '…')"],
  symptoms: [34],
  examples: {
    bad: [
      {
        files: {
          "servable.yaml": `server: { version: 2.17.1 }
models:
  - { name: m, uri: "s3://bucket/m" }
loading: { fileSystemPollSeconds: 60 }
`,
        },
      },
    ],
    good: [
      {
        files: {
          "servable.yaml": `models:
  - { name: m, uri: "gs://bucket/m" }
loading: { fileSystemPollSeconds: 60 }
`,
        },
      },
    ],
  },
  *check(context) {
    const { tfsVersion, image } = context.resolved;
    const known = compareVersions(tfsVersion, "2.7.0") < 0 ? ["gs", "s3", "hdfs", "file"] : ["gs", "file"];
    for (const model of context.resolved.models) {
      const scheme = model.uri?.split("://")[0]?.toLowerCase();
      if (scheme === undefined || known.includes(scheme)) continue;
      yield context.finding(
        modelPath(model, "uri"),
        `uri ${quoted(model.uri ?? "")} of model ${quoted(model.name)}: TensorFlow Serving ${tfsVersion} has no file system for ${scheme}://`,
        `the stock server then retries for ever with closed ports; it reads ${known.map((each) => `${each}://`).join(", ")}`,
        image.stock ? {} : { severity: "warning" },
      );
    }
  },
});
