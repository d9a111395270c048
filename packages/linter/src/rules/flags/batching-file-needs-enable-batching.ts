import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag, platformFileRules } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/batching-file-needs-enable-batching",
  summary: "batching_parameters_file comes with enable_batching",
  severity: "error",
  effect: "fatal",
  why: "The server exits with 255 when it has a batching file and batching is off.",
  mend: "Add `--enable_batching=true`, or drop the file.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "recorded starts x9-params-no-batching, x9-params-batching-false",
  ],
  logTexts: [
    "server_options.batching_parameters_file is set without setting server_options.enable_batching to true.",
  ],
  symptoms: [21],
  examples: {
    bad: [{ files: { "<flags>": "--model_base_path=/models/m\n--batching_parameters_file=/batching.txt" } }],
    good: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--enable_batching=true\n--batching_parameters_file=/batching.txt",
        },
      },
    ],
  },
  *check(context) {
    const { flags } = context;
    if (platformFileRules(flags) || flags.bool("enable_batching")) return;
    if (flags.string("batching_parameters_file") === "") return;
    yield {
      ...placeOfFlag(context, "batching_parameters_file"),
      message: "--batching_parameters_file is given, but --enable_batching is not",
      fate: { stage: stage.batchingFile, prediction: "exits" },
    };
  },
});
