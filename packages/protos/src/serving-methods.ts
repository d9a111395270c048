/**
 * Full gRPC method paths of a model server. All are unary; requests and responses are the messages named in the
 * comment.
 */
export const SERVING_METHODS = {
  /** PredictRequest → PredictResponse */
  predict: "/tensorflow.serving.PredictionService/Predict",
  /** ClassificationRequest → ClassificationResponse */
  classify: "/tensorflow.serving.PredictionService/Classify",
  /** RegressionRequest → RegressionResponse */
  regress: "/tensorflow.serving.PredictionService/Regress",
  /** MultiInferenceRequest → MultiInferenceResponse */
  multiInference: "/tensorflow.serving.PredictionService/MultiInference",
  /** GetModelMetadataRequest → GetModelMetadataResponse */
  getModelMetadata: "/tensorflow.serving.PredictionService/GetModelMetadata",
  /** GetModelStatusRequest → GetModelStatusResponse */
  getModelStatus: "/tensorflow.serving.ModelService/GetModelStatus",
  /** ReloadConfigRequest → ReloadConfigResponse */
  handleReloadConfigRequest: "/tensorflow.serving.ModelService/HandleReloadConfigRequest",
  /** grpc.health.v1 HealthCheckRequest → HealthCheckResponse; only with --enable_grpc_healthcheck_service */
  healthCheck: "/grpc.health.v1.Health/Check",
  /** Declared in an official .proto, but the stock server does not register it: UNIMPLEMENTED */
  sessionRun: "/tensorflow.serving.SessionService/SessionRun",
} as const;

export type ServingMethod = keyof typeof SERVING_METHODS;

/** ModelVersionStatus.State by name. */
export const MODEL_VERSION_STATES = {
  UNKNOWN: 0,
  START: 10,
  LOADING: 20,
  AVAILABLE: 30,
  UNLOADING: 40,
  END: 50,
} as const;

export type ModelVersionState = keyof typeof MODEL_VERSION_STATES;

/** tensorflow.error.Code and gRPC status code by number: they are the same numbers. */
export const STATUS_CODE_NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

export type StatusCodeName = (typeof STATUS_CODE_NAMES)[number];
