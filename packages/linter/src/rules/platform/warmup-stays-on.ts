import { defineLintRule } from "../../finding.ts";
import { type PlatformContext, placeIn } from "../../text-context.ts";
import { adapterConfigType } from "../../views/platform-view.ts";

export const rule = defineLintRule<PlatformContext>({
  id: "platform/warmup-stays-on",
  summary: "a platform config says whether models are warmed up",
  severity: "warning",
  effect: "silent",
  why: "The flag `--enable_model_warmup` is on by default, but not looked at with a platform config file, where enable_model_warmup is off by default: warm-up data is ignored without a word.",
  mend: "Write `enable_model_warmup: true` (or false) into legacy_config.",
  evidence: [
    "tensorflow/serving servables/tensorflow/session_bundle_config.proto",
    "recorded starts x12-warmup-off, x12-warmup-on",
  ],
  symptoms: [67],
  examples: {
    bad: [
      {
        files: {
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config {} } } } }\n',
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
      if (platform.misread) continue;
      if (platform.adapterType !== adapterConfigType || platform.legacy?.enableModelWarmup !== undefined)
        continue;
      yield {
        ...placeIn(context, platform.legacy?.span ?? platform.adapterSpan),
        message: `platform "${platform.key}" does not set enable_model_warmup, so its models are not warmed up`,
      };
    }
  },
});
