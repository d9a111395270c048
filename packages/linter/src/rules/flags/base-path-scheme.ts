import { schemeOf, schemeSupported } from "../../base-path.ts";
import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/base-path-scheme",
  summary: "the file system of model_base_path is linked into the server",
  severity: "error",
  effect: "hangs",
  why: "The stock binary reads local paths and gs:// (s3:// and hdfs:// up to 2.6). Any other scheme fails at every look, and the start waits for ever with its ports closed.",
  mend: "Copy the model to a local folder before the start (an init container), or build a server with that file system.",
  evidence: [
    "tensorflow/serving model_servers/BUILD at 2.6.0 and 2.7.0",
    "tensorflow/serving#1963, #2062",
    "recorded starts x38-s3, x38-http",
  ],
  logTexts: [
    "File system scheme '…' not implemented (file: '…')",
    "FileSystemStoragePathSource encountered a filesystem access error: Could not find base path … for servable … with error UNIMPLEMENTED: File system scheme '…' not implemented",
  ],
  symptoms: [34],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=s3://bucket/m\n--file_system_poll_wait_seconds=60" } }],
    good: [{ files: { "<flags>": "--model_base_path=gs://bucket/m\n--file_system_poll_wait_seconds=60" } }],
  },
  *check(context) {
    const { flags } = context;
    const path = flags.string("model_base_path");
    const name = schemeOf(path);
    if (
      flags.string("model_config_file") !== "" ||
      name === undefined ||
      schemeSupported(name, flags.version)
    )
      return;
    yield {
      ...placeOfFlag(context, "model_base_path"),
      message: `the stock server ${flags.version} cannot read ${name}:// paths: "${path}" is looked for for ever`,
      fate: { stage: stage.loading, prediction: "hangs", rank: 1 },
    };
  },
});
