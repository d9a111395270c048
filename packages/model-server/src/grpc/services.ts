import { encodeTensorProto, encodeTensorProtoFields } from "@servable/tensors";
import type { InferenceService } from "../inference-service.ts";
import { decodeModelServerConfig } from "../lifecycle/model-server-config.ts";
import type { ServerLog } from "../lifecycle/server-log.ts";
import { invalidArgument, statusOf } from "../status.ts";
import {
  decodeExamplesRequest,
  decodeHealthRequest,
  decodeMetadataRequest,
  decodeMultiInferenceRequest,
  decodePredictRequest,
  decodeReloadRequest,
  decodeStatusRequest,
} from "../wire/requests.ts";
import {
  encodeClassificationResponse,
  encodeMetadataResponse,
  encodeMultiInferenceResponse,
  encodePredictResponse,
  encodeRegressionResponse,
  encodeReloadResponse,
  encodeSignatureDefMap,
  encodeStatusResponse,
} from "../wire/responses.ts";
import type { GrpcServer, UnaryCall, UnaryHandler, UnaryReply } from "./grpc-server.ts";

const PREDICTION = "/tensorflow.serving.PredictionService/";
const MODEL = "/tensorflow.serving.ModelService/";

/** Predict, Classify, Regress, MultiInference and GetModelMetadata. */
export function addPredictionService(
  server: GrpcServer,
  service: InferenceService,
  options: { readonly tensorContent: boolean },
): void {
  const encode = options.tensorContent ? encodeTensorProto : encodeTensorProtoFields;
  const counted = (
    api: string,
    modelOf: (call: UnaryCall) => string,
    handler: UnaryHandler,
  ): UnaryHandler => {
    return async (call) => {
      const started = performance.now();
      const model = modelOf(call);
      try {
        const reply = await handler(call);
        service.metrics.countRequest(model, "OK");
        service.metrics.requestLatency.add([model, api, "GRPC"], (performance.now() - started) * 1000);
        return reply;
      } catch (error) {
        service.metrics.countRequest(model, statusOf(error).code);
        throw error;
      }
    };
  };

  server.unary(
    `${PREDICTION}Predict`,
    withRequest(decodePredictRequest, (request) =>
      counted(
        "Predict",
        () => request.modelSpec?.name ?? "",
        async ({ deadline }) => {
          const { spec, result, synthetic } = await service.predict(
            request.modelSpec,
            request.inputs,
            request.outputFilter,
            deadline,
          );
          const outputs = new Map([...result.outputs].map(([alias, tensor]) => [alias, encode(tensor)]));
          return { message: encodePredictResponse(spec, outputs), synthetic };
        },
      ),
    ),
  );
  server.unary(
    `${PREDICTION}Classify`,
    withRequest(decodeExamplesRequest, (request) =>
      counted(
        "Classify",
        () => request.modelSpec?.name ?? "",
        async ({ deadline }) => {
          const { spec, result, synthetic } = await service.classify(
            request.modelSpec,
            request.examples,
            deadline,
          );
          return { message: encodeClassificationResponse(spec, result), synthetic };
        },
      ),
    ),
  );
  server.unary(
    `${PREDICTION}Regress`,
    withRequest(decodeExamplesRequest, (request) =>
      counted(
        "Regress",
        () => request.modelSpec?.name ?? "",
        async ({ deadline }) => {
          const { spec, result, synthetic } = await service.regress(
            request.modelSpec,
            request.examples,
            deadline,
          );
          return { message: encodeRegressionResponse(spec, result), synthetic };
        },
      ),
    ),
  );
  server.unary(`${PREDICTION}MultiInference`, async ({ request: bytes, deadline }) => {
    const { version, answers, synthetic } = await service.multiInference(
      decodeMultiInferenceRequest(bytes),
      deadline,
    );
    const results = answers.map(({ name, signatureName, ...result }) => ({
      spec: { name, version, signatureName },
      ...result,
    }));
    return { message: encodeMultiInferenceResponse(results), synthetic };
  });
  server.unary(`${PREDICTION}GetModelMetadata`, async ({ request: bytes }) => {
    const request = decodeMetadataRequest(bytes);
    if (request.modelSpec === undefined) throw invalidArgument("Missing ModelSpec");
    if (request.fields.length === 0) {
      throw invalidArgument("GetModelMetadataRequest must specify at least one metadata_field");
    }
    for (const field of request.fields) {
      if (field !== "signature_def") throw invalidArgument(`Metadata field ${field} is not supported`);
    }
    const { spec, signatures } = service.signatures(request.modelSpec);
    const map = encodeSignatureDefMap(new Map([...signatures].map(([name, { bytes: raw }]) => [name, raw])));
    return { message: encodeMetadataResponse(spec, map) };
  });
}

function withRequest<R>(
  decode: (bytes: Uint8Array) => R,
  handler: (request: R) => UnaryHandler,
): UnaryHandler {
  return async (call): Promise<UnaryReply> => handler(decode(call.request))(call);
}

/** GetModelStatus and HandleReloadConfigRequest. */
export function addModelService(server: GrpcServer, service: InferenceService, log: ServerLog): void {
  const { core, metrics } = service;
  server.unary(`${MODEL}GetModelStatus`, async ({ request }) => {
    const spec = decodeStatusRequest(request);
    if (spec === undefined) throw invalidArgument("Missing ModelSpec");
    return { message: encodeStatusResponse(core.status(spec)) };
  });
  server.unary(`${MODEL}HandleReloadConfigRequest`, async ({ request: bytes }) => {
    const { config, metricNames } = decodeReloadRequest(bytes);
    const decoded = config === undefined ? undefined : decodeModelServerConfig(config);
    if (decoded?.kind !== "list") {
      throw invalidArgument(
        "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently supported",
      );
    }
    const entries = decoded.models.map(
      ({ name, basePath, platform }, index) =>
        `\n\tindex : ${index}\n\tpath : ${basePath}\n\tname : ${name}\n\tplatform : ${platform}`,
    );
    log.info(
      "tensorflow_serving/model_servers/model_service_impl.cc:57",
      `\nConfig entry${entries.join("")}`,
    );
    const before = metricNames.map((name) => metrics.firstCell(name));
    try {
      await core.reload(decoded);
    } catch (error) {
      log.error(
        "tensorflow_serving/model_servers/model_service_impl.cc:73",
        `ReloadConfig failed: ${statusOf(error).message}`,
      );
      throw error;
    }
    const increases = metricNames.map((name, index) => ({
      name,
      increase: BigInt(Math.round(metrics.firstCell(name) - (before[index] ?? 0))),
    }));
    return { message: encodeReloadResponse(increases) };
  });
}

const SERVING = 1;
const SERVICE_UNKNOWN = 3;
/** The names that are set to SERVING once, whatever becomes of the models. */
const HEALTHY: ReadonlySet<string> = new Set(["", "ModelService", "PredictionService"]);

const healthStatus = (status: number): Uint8Array => Uint8Array.of(0x08, status);

/** grpc.health.v1, with `--enable_grpc_healthcheck_service`. */
export function addHealthService(server: GrpcServer, notFound: () => Error): void {
  server.unary("/grpc.health.v1.Health/Check", async ({ request }) => {
    if (!HEALTHY.has(decodeHealthRequest(request))) throw notFound();
    return { message: healthStatus(SERVING) };
  });
  server.serverStream("/grpc.health.v1.Health/Watch", (request, call) => {
    // The stream stays open: the state never changes.
    call.send(healthStatus(HEALTHY.has(decodeHealthRequest(request)) ? SERVING : SERVICE_UNKNOWN));
  });
}
