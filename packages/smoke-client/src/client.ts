/** The clients alone, without the smoke checks and what these load. */
export type { GrpcClientOptions, ServingGrpcClient } from "./grpc/client.ts";
export { createGrpcClient } from "./grpc/client.ts";
export type {
  CallOptions,
  ModelSpec,
  NamedTensors,
  PredictRequest,
  PredictResponse,
  TlsOptions,
} from "./messages.ts";
export type { RestPredictRequest, ServingRestClient } from "./rest/client.ts";
export { createRestClient } from "./rest/client.ts";
export type { RestClientOptions } from "./rest/http-connection.ts";
export { ServingError } from "./serving-error.ts";
