import * as z from "zod";
import { nonEmptyText, nonNegativeInt32 } from "./values.ts";

/** How models are found, loaded and retried. */
export const loadingSection = z
  .strictObject({
    fileSystemPollSeconds: nonNegativeInt32
      .optional()
      .describe("how often base paths are searched for new versions; 0: once, at start"),
    modelConfigPollSeconds: nonNegativeInt32
      .optional()
      .describe("how often models.config is read again; 0: never"),
    numLoadThreads: nonNegativeInt32.optional().describe("threads that load versions; 0: inline"),
    numUnloadThreads: nonNegativeInt32.optional().describe("threads that unload versions; 0: inline"),
    maxLoadRetries: nonNegativeInt32.optional().describe("retries after a failed load; 0: one attempt"),
    loadRetryIntervalMicros: z.int().min(0).optional().describe("pause between retries, in microseconds"),
    flushFilesystemCaches: z.boolean().optional().describe("drop file system caches after loads"),
    savedModelTags: z
      .array(z.string().regex(/^[^\u0000\ud800-\udfff,\s]+$/u, "must not hold commas or blanks"))
      .min(1)
      .optional()
      .describe("tag set of the MetaGraph to load, default serve"),
    allowLabelsForUnavailableModels: z
      .boolean()
      .optional()
      .describe(
        "let a new label point at a version that is not loaded yet; default: on where labels are given",
      ),
    removeUnusedFieldsFromBundleMetagraph: z
      .boolean()
      .optional()
      .describe("keep only the signatures of the MetaGraph in memory"),
    preferTfliteModel: z.boolean().optional().describe("serve model.tflite where there is one"),
  })
  .describe("polling, load threads and retries");

/** Warm-up records in `assets.extra/tf_serving_warmup_requests`. */
export const warmupSection = z
  .strictObject({
    enabled: z.boolean().optional().describe("replay the model's warm-up records before it takes requests"),
    iterations: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe("times that each record is replayed (TFS 2.8)"),
  })
  .describe("model warm-up");

/** Other settings of the runtime. */
export const runtimeSection = z
  .strictObject({
    mixedPrecision: z.enum(["bfloat16"]).optional().describe("oneDNN auto mixed precision (TFS 2.15)"),
    xlaCpu: z.boolean().optional().describe("allow XLA compilation on the CPU (TFS 2.5)"),
    xlaGpu: z.boolean().optional().describe("allow XLA compilation on CPU and GPU (TFS 2.18)"),
    serializeAsTensorContent: z
      .boolean()
      .optional()
      .describe("answer Predict with tensor_content instead of typed lists (TFS 2.19; breaks REST :predict)"),
    checkSignatureMethodName: z
      .boolean()
      .optional()
      .describe("refuse calls whose API does not match the signature's method name (TFS 2.4)"),
    numTflitePools: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe("TFLite interpreter pools (TFS 2.5)"),
    numTfliteInterpretersPerPool: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe("TFLite interpreters in each pool (TFS 2.5)"),
    sessionConfigFile: nonEmptyText
      .optional()
      .describe("text proto of tensorflow.ConfigProto (--tensorflow_session_config_file, TFS 2.8)"),
  })
  .describe("precision, XLA, TFLite and other runtime settings");
