/** Name of a version's warm-up records (saved_model_warmup_util.h). */
export const WARMUP_NAME = "tf_serving_warmup_requests";

/** Where they lie, below the version's directory. */
export const WARMUP_FILE = `assets.extra/${WARMUP_NAME}`;
