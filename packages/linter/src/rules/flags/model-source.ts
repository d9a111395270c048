import { defineLintRule, stage } from "../../finding.ts";
import { type FlagsContext, placeOfFlag } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/model-source",
  summary: "the server is told which models to serve",
  severity: "error",
  effect: "fatal",
  why: "Without a base path and without a config file the server exits with 255.",
  mend: "Give `--model_base_path` (one model) or `--model_config_file`.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded starts no-args, x3-empty-base"],
  logTexts: ["Both server_options.model_base_path and server_options.model_config_file are empty!"],
  examples: {
    bad: [{ files: { "<flags>": "--port=8500\n--rest_api_port=8501" } }],
    good: [{ files: { "<flags>": "--port=8500\n--rest_api_port=8501\n--model_config_file=/models.config" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.string("model_base_path") !== "" || flags.string("model_config_file") !== "") return;
    yield {
      ...placeOfFlag(context, "model_base_path"),
      message: "neither --model_base_path nor --model_config_file is given",
      fate: { stage: stage.modelSource, prediction: "exits" },
    };
  },
});
