export {
  decodeImage,
  type Image,
  ImageError,
  type ImageTensorOptions,
  imageToTensor,
} from "@servable/tensors/image";
export type { SmokeCheck } from "./checks/check.ts";
export { smokeChecks } from "./checks/index.ts";
export type { Clock } from "./clock.ts";
export { type Explanation, explainError } from "./explain-error.ts";
export type { GrpcClientOptions, ServingGrpcClient } from "./grpc/client.ts";
export { createGrpcClient } from "./grpc/client.ts";
export { decodeExample } from "./grpc/decode-example.ts";
export {
  encodeExample,
  encodeExamplesRequest,
  encodePredictRequest,
} from "./grpc/encode-messages.ts";
export type {
  AnsweringModel,
  CallOptions,
  ClassifyResponse,
  Example,
  ExamplesRequest,
  Feature,
  HealthStatus,
  ModelMetadata,
  ModelSpec,
  NamedTensors,
  PredictRequest,
  PredictResponse,
  RegressResponse,
  ReloadResponse,
  Signature,
  SignatureTensor,
  TlsOptions,
  VersionStatus,
} from "./messages.ts";
export { renderSmokeHtml } from "./report/html.ts";
export { renderSmokeJunit } from "./report/junit.ts";
export { renderSmokePretty } from "./report/pretty.ts";
export {
  createRestClient,
  modelPath,
  type RestPredictRequest,
  type ServingRestClient,
} from "./rest/client.ts";
export type { RestAnswer, RestClientOptions } from "./rest/http-connection.ts";
export { parseRestJson, RestJsonError, type RestValue } from "./rest/parse-json.ts";
export { columnBody, outputsFromRest, rowBody, tensorFromRest } from "./rest/rest-tensors.ts";
export { runSmoke } from "./run-smoke.ts";
export { type ConnectionTrouble, ServingError } from "./serving-error.ts";
export type {
  CheckOutcome,
  CheckResult,
  ExpectedPolicy,
  Golden,
  SmokeModel,
  SmokeOptions,
  SmokeReport,
  SmokeTargets,
} from "./smoke-options.ts";
export {
  type WaitOptions,
  type WaitResult,
  waitUntilAvailable,
} from "./wait-until-available.ts";
