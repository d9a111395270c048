import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, shown } from "../../flags-context.ts";

export const rule = defineLintRule<FlagsContext>({
  id: "flags/config-file-replaces-model-flags",
  summary: "model_name and model_base_path are not given together with model_config_file",
  severity: "warning",
  effect: "silent",
  why: "With `--model_config_file` the server ignores both without a word; in the official images the same holds for MODEL_NAME and MODEL_BASE_PATH.",
  mend: "Drop them, or move the model into the config file.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded start x4-config-and-name"],
  symptoms: [39],
  examples: {
    bad: [{ files: { "<flags>": "--model_config_file=/models.config\n--model_name=resnet" } }],
    good: [{ files: { "<flags>": "--model_config_file=/models.config" } }],
  },
  *check(context) {
    const { flags } = context;
    if (flags.string("model_config_file") === "") return;
    for (const name of ["model_name", "model_base_path"] as const) {
      const setting = flags.given(name);
      if (setting === undefined || setting.value === "" || setting.index < context.firstUserArgument)
        continue;
      yield {
        ...placeOf(context, setting),
        message: `${shown(setting)} is ignored: --model_config_file decides`,
      };
    }
  },
});
