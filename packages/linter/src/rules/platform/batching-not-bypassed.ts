import { defineLintRule } from "../../finding.ts";
import { type PlatformContext, placeIn } from "../../text-context.ts";

export const rule = defineLintRule<PlatformContext>({
  id: "platform/batching-not-bypassed",
  summary: "batching parameters are not switched off by wrap_session_with_no_threading_params",
  severity: "error",
  effect: "silent",
  why: "With wrap_session_with_no_threading_params the session is not wrapped for batching at all; batching_parameters beside it are ignored.",
  mend: "Drop one of them.",
  evidence: ["tensorflow/serving servables/tensorflow/saved_model_bundle_factory.cc"],
  symptoms: [22],
  examples: {
    bad: [
      {
        files: {
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true wrap_session_with_no_threading_params: true batching_parameters { max_batch_size { value: 8 } } } } } } }\n',
        },
      },
    ],
    good: [
      {
        files: {
          "platform.config":
            'platform_configs { key: "tensorflow" value { source_adapter_config { [type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig] { legacy_config { enable_model_warmup: true batching_parameters { max_batch_size { value: 8 } } } } } } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const platform of context.view.platforms) {
      const bypass = platform.legacy?.noThreadingParams;
      if (bypass?.value !== true || platform.legacy?.batching === undefined) continue;
      yield {
        ...placeIn(context, bypass.field),
        message: "wrap_session_with_no_threading_params switches the batching_parameters beside it off",
      };
    }
  },
});
