export {
  BATCHING_PARAMETERS,
  type BatchingPlan,
  batchingMessage,
  batchingParametersText,
  modelBatchingText,
  planBatching,
} from "./plan-batching.ts";
