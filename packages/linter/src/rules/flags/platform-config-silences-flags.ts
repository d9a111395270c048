import type { FlagName } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type FlagsContext, placeOf, platformFileRules, shown } from "../../flags-context.ts";

/** Flags that the server never looks at when it has a platform config file. */
const silenced: readonly FlagName[] = [
  "enable_batching",
  "batching_parameters_file",
  "enable_per_model_batching_parameters",
  "tensorflow_session_config_file",
  "tensorflow_session_parallelism",
  "tensorflow_intra_op_parallelism",
  "tensorflow_inter_op_parallelism",
  "per_process_gpu_memory_fraction",
  "saved_model_tags",
  "enable_model_warmup",
  "num_request_iterations_for_warmup",
  "remove_unused_fields_from_bundle_metagraph",
  "prefer_tflite_model",
  "use_tflite_model",
  "num_tflite_pools",
  "num_tflite_interpreters_per_pool",
  "mixed_precision",
];

export const rule = defineLintRule<FlagsContext>({
  id: "flags/platform-config-silences-flags",
  summary: "no flag is given that platform_config_file silences",
  severity: "error",
  effect: "silent",
  why: "With a platform config file the server takes batching, session, tags, warm-up and TensorFlow Lite settings from that file only and never looks at the flags, without a word.",
  mend: "Put the setting into the platform config's legacy_config, or drop the platform config file.",
  evidence: ["tensorflow/serving model_servers/server.cc", "recorded starts x12-*"],
  symptoms: [22],
  examples: {
    bad: [
      {
        files: {
          "<flags>":
            "--model_base_path=/models/m\n--platform_config_file=/platform.config\n--enable_batching=true",
        },
      },
    ],
    good: [{ files: { "<flags>": "--model_base_path=/models/m\n--platform_config_file=/platform.config" } }],
  },
  *check(context) {
    const { flags } = context;
    if (!platformFileRules(flags)) return;
    for (const name of silenced) {
      const setting = flags.given(name);
      if (setting === undefined || setting.value === "") continue;
      yield {
        ...placeOf(context, setting),
        message: `${shown(setting)} is ignored: --platform_config_file rules instead`,
      };
    }
  },
});
