import { defineLintRule, stage } from "../../finding.ts";
import { type PlatformContext, placeIn } from "../../text-context.ts";
import { adapterConfigType } from "../../views/platform-view.ts";

export const rule = defineLintRule<PlatformContext>({
  id: "platform/adapter-linked",
  summary: "the source adapter is the one that the stock server links",
  severity: "error",
  effect: "fatal",
  why: "The released binaries know SavedModelBundleSourceAdapterConfig only; any other message ends the start with 255.",
  mend: "Use SavedModelBundleSourceAdapterConfig, or build a server with the adapter.",
  evidence: [
    "tensorflow/serving servables/tensorflow/saved_model_bundle_source_adapter.cc",
    "recorded starts plat-unknown-any, plat-linked-any",
  ],
  logTexts: ["Couldn't find factory for config proto message type …"],
  examples: {
    bad: [
      {
        files: {
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.BatchingParameters] {} } } }\n',
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
      if (platform.adapterType === undefined || platform.adapterType === adapterConfigType) continue;
      yield {
        ...placeIn(context, platform.adapterSpan),
        message: `platform "${platform.key}" has a ${platform.adapterType}, for which the stock server has no factory`,
        fate: { stage: stage.adapters, prediction: "exits" },
      };
    }
  },
});
