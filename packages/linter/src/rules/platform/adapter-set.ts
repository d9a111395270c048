import { defineLintRule, stage } from "../../finding.ts";
import { type PlatformContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<PlatformContext>({
  id: "platform/adapter-set",
  summary: "each platform has a source_adapter_config",
  severity: "error",
  effect: "fatal",
  why: "Without one the server exits with 255, also when no model uses the platform.",
  mend: "Write `source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config {} } }`.",
  evidence: ["tensorflow/serving util/class_registration.h", "recorded start plat-no-adapter"],
  logTexts: ["Supplied config's type_url could not be parsed: "],
  examples: {
    bad: [{ files: { "platform.config": 'platform_configs { key: "tensorflow" value {} }\n' } }],
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
    if (!context.accepted) return;
    for (const platform of context.view.platforms) {
      if (platform.adapterType !== undefined || platform.misread) continue;
      yield {
        ...placeIn(context, platform.adapterSpan),
        message: `platform "${platform.key}" has no source_adapter_config`,
        fate: { stage: stage.adapters, prediction: "exits" },
      };
    }
  },
});
