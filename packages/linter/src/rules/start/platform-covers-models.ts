import { nearest } from "@servable/diagnostics";
import { defineLintRule, stage } from "../../finding.ts";
import { placeOfFlag } from "../../flags-context.ts";
import type { StartContext } from "../../start/start-context.ts";
import { platformConfigView } from "../../views/platform-view.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/platform-covers-models",
  summary: "the platform config has the platform tensorflow for a model given by flags",
  severity: "error",
  effect: "fatal",
  why: "In single-model mode the server asks for the platform `tensorflow`; a platform config file replaces the built-in ones, so without that key the start ends with 255.",
  mend: 'Name the platform `key: "tensorflow"`, or list the model in a config file with its model_platform.',
  evidence: ["tensorflow/serving model_servers/server.cc, server_core.cc", "recorded start plat-key-other"],
  logTexts: ["Model … requests unsupported platform …"],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--model_base_path=gs://b/m\n--file_system_poll_wait_seconds=60\n--platform_config_file=platform.config",
          "platform.config":
            'platform_configs { key: "tf" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true } } } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--model_base_path=gs://b/m\n--file_system_poll_wait_seconds=60\n--platform_config_file=platform.config",
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true } } } } }\n',
        },
      },
    ],
  },
  *check(context) {
    const file = context.named.find((named) => named.kind === "platform-config");
    if (!context.single || file?.linted?.accepted !== true) return;
    const keys = platformConfigView(file.linted.message).platforms.map((platform) => platform.key);
    if (keys.includes("tensorflow")) return;
    const near = nearest("tensorflow", keys);
    yield {
      ...placeOfFlag(context, "platform_config_file"),
      message: `${file.given} has no platform "tensorflow"${keys.length === 0 ? "" : `, only ${keys.map((key) => `"${key}"`).join(", ")}`}${near === undefined ? "" : ` (misspelt: "${near}")`}`,
      fate: { stage: stage.platforms, prediction: "exits" },
    };
  },
});
