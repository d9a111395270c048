import { defineLintRule } from "../../finding.ts";
import { type PlatformContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<PlatformContext>({
  id: "platform/saved-model-config-off",
  summary: "enable_saved_model_config is not used with the stock server",
  severity: "error",
  effect: "load-fails",
  why: "The open-source server does not implement it: every load of the platform fails.",
  mend: "Remove it.",
  evidence: [
    "tensorflow/serving servables/tensorflow/saved_model_config_util.cc",
    "recorded start plat-saved-model-config",
  ],
  logTexts: ["Saved model config functionality is not implemented."],
  examples: {
    bad: [
      {
        files: {
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true enable_saved_model_config: true } } } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true } } } } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const platform of context.view.platforms) {
      const field = platform.legacy?.savedModelConfig;
      if (field?.value !== true) continue;
      yield {
        ...placeIn(context, field.field),
        message: `enable_saved_model_config makes every load of platform "${platform.key}" fail`,
        load: "fails",
      };
    }
  },
});
